export class Disputes { constructor() { this.node = document.createElement("div"); } open() {} }
