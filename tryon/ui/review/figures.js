export class Figures { constructor() { this.node = document.createElement("div"); } open() {} }
