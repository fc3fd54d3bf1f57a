// A smooth map of the plane through pairs of points: a thin-plate spline (Bookstein 1989), the same
// kind of map the server bends the cloth with. Good enough to let the outline follow a drag.
const bend = (r2) => (r2 > 0 ? r2 * Math.log(r2) : 0);
const splineThrough = (sources, targets) => {
  const n = sources.length;
  if (n < 3) return null;
  const size = n + 3;
  const rows = Array.from({ length: size }, () => new Float64Array(size + 2));
  sources.forEach(([x, y], i) => {
    sources.forEach(([u, v], j) => { rows[i][j] = bend((x - u) ** 2 + (y - v) ** 2); });
    [1, x, y].forEach((value, k) => { rows[i][n + k] = value; rows[n + k][i] = value; });
    rows[i][size] = targets[i][0];
    rows[i][size + 1] = targets[i][1];
  });
  for (let pivot = 0; pivot < size; pivot++) {
    let best = pivot;
    for (let r = pivot + 1; r < size; r++) if (Math.abs(rows[r][pivot]) > Math.abs(rows[best][pivot])) best = r;
    if (Math.abs(rows[best][pivot]) < 1e-9) return null;  // points on one spot or one line
    [rows[pivot], rows[best]] = [rows[best], rows[pivot]];
    for (let r = 0; r < size; r++) {
      const share = r === pivot ? 0 : rows[r][pivot] / rows[pivot][pivot];
      if (share) for (let c = pivot; c < size + 2; c++) rows[r][c] -= share * rows[pivot][c];
    }
  }
  const weight = rows.map((row, i) => [row[size] / row[i], row[size + 1] / row[i]]);
  return ([x, y]) => [0, 1].map((axis) =>
    sources.reduce((sum, [u, v], i) => sum + weight[i][axis] * bend((x - u) ** 2 + (y - v) ** 2),
      weight[n][axis] + weight[n + 1][axis] * x + weight[n + 2][axis] * y));
};
