// What contest programs do, and what hostile ones try; ../README.md has the list.
'use strict';
const fs = require('fs');

let seed = 42;
const next = () => (seed = seed * 48271 % 2147483647);

function input() {
  const v = fs.readFileSync(0, 'utf8').split(/\s+/).filter((w) => w).map(Number);
  const n = v.shift();
  console.log(n, v.reduce((a, b) => a + b, 0), v.reduce((a, b) => Math.max(a, b), 0));
}

const deep = (n) => (n === 0 ? 0 : 1 + deep(n - 1));

function threads() {
  const { Worker } = require('worker_threads');
  let total = 0, left = 4;
  for (let i = 0; i < 4; i++) {
    const code = 'const {parentPort, workerData} = require("worker_threads");' +
      'let sum = 0; for (let k = 1; k <= 10000; k++) sum += k * workerData; parentPort.postMessage(sum);';
    new Worker(code, { eval: true, workerData: i }).on('message', (sum) => {
      total += sum;
      if (--left === 0) console.log(total);
    });
  }
}

function exceptions() {
  let count = 0;
  for (let i = 0; i < 1000; i++) {
    try { if (i % 2) throw new Error('thrown'); else null.x; } catch (e) { count++; }
  }
  console.log(count);
}

function regex() {
  const found = 'a1 b22 c333 d4444 '.repeat(100).match(/[a-z][0-9]+/g);
  console.log(found.length, found.reduce((a, m) => a + m.length - 1, 0));
}

function bignum() {
  console.log([...(2n ** 1000n).toString()].reduce((a, c) => a + Number(c), 0));
}

function timing() {
  const begin = process.hrtime.bigint();
  setTimeout(() => {
    const took = process.hrtime.bigint() - begin;
    console.log(took >= 19000000n && took < 60000000000n && process.cpuUsage().user >= 0 && Date.now() > 0 ? 'ok' : 'wrong');
  }, 20);
}

function random() {
  const seen = new Set();
  for (let i = 0; i < 1000; i++) seen.add(Math.floor(Math.random() * 100));
  console.log(seen.size > 50 && require('crypto').randomBytes(16).length === 16 ? 'ok' : 'wrong');
}

function sort() {
  const v = Array.from({ length: 100000 }, next).sort((a, b) => a - b);
  console.log(v[0], v[50000], v[99999]);
}

function hash() {
  const count = new Map();
  for (let i = 0; i < 100000; i++) {
    const key = next() % 1000;
    count.set(key, (count.get(key) || 0) + 1);
  }
  console.log(count.size, Math.max(...count.values()));
}

function output() {
  for (let i = 1; i <= 20000; i += 1000) {
    process.stdout.write(Array.from({ length: 1000 }, (_, k) => i + k).join('\n') + '\n');
  }
}

// Lines as they come, by the event loop.
function loop() {
  const rl = require('readline').createInterface({ input: process.stdin });
  let lines = 0;
  rl.on('line', () => lines++).on('close', () => console.log(lines));
}

function shell() {
  const { spawnSync } = require('child_process');
  const done = spawnSync('/bin/sh', ['-c', 'echo escaped']);
  console.log(done.error ? 'refused' : 'made it');
}

function socket() {
  require('net').createServer().on('error', () => console.log('refused'))
    .listen(0, '127.0.0.1', function () { console.log('made it'); this.close(); });
}

({ input, recursion: () => console.log(deep(100000)), threads, exceptions, regex, bignum, timing, random, sort, hash, output, loop,
  shell, socket })[process.argv[2]]();
