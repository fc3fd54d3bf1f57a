// The newest points of this visitor's fit, kept in this browser: until the server has them on its
// disk, so that neither a server that is away nor a reload loses any, and for the other tabs of the
// fit, which show something older then. One record; a fit is named by what its photos hold.
const NEWEST = "tryon-fit";
const TAB = String(Math.random());
const NEAR_PX = 0.05;  // kept points come back rounded
const isSameFit = (one, other) => Object.keys(one).length === Object.keys(other).length && Object.keys(one).every((name) =>
  other[name] && ["garment", "person"].every((side) => one[name][side].every((v, i) => Math.abs(v - other[name][side][i]) < NEAR_PX)));
const newest = {
  read() { try { return JSON.parse(localStorage.getItem(NEWEST)) || {}; } catch { return {}; } },
  // photos: undefined on pages that keep points elsewhere; isPainted: a mask changed, too.
  say(photos, points, isKept, isPainted = false) {
    if (!photos) return;
    try { localStorage.setItem(NEWEST, JSON.stringify({ photos, points, isKept, isPainted, tab: TAB })); } catch { /* full or forbidden: the server still gets them */ }
  },
  // What was moved on these photos and may have reached nobody.
  left(photos) {
    const { photos: of, points, isKept } = this.read();
    return photos && of === photos && !isKept ? points : null;
  },
  // Tells what another tab did: does(photos, points, isPainted).
  watch(does) {
    addEventListener("storage", (event) => {
      const { photos, points, isPainted, tab } = event.key === NEWEST ? this.read() : {};
      if (points && tab !== TAB) does(photos, points, isPainted);
    });
  },
};
