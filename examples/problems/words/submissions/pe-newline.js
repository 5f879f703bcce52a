// expect: PE
// No newline behind the last line.
const [k, ...words] = require('fs').readFileSync(0, 'utf8').split(/\s+/).filter(Boolean);
const counts = new Map();
for (const word of words) counts.set(word, (counts.get(word) || 0) + 1);
const order = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, Number(k));
process.stdout.write(order.map((pair) => pair.join(' ')).join('\n'));
