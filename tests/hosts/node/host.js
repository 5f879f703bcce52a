// A node process as host: runs that block, runs on the threads of its pool and in worker threads, beside child processes, signals and timers of its own.
// Usage: node host.js ADDON PROBE. Prints how many things were wrong.
'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');

const [addonPath, probe] = isMainThread ? process.argv.slice(2) : workerData;
const addon = require(addonPath);
let wrong = 0;
const expect = (is, should, what) => {
  if (is !== should) {
    wrong++;
    console.log(`${what}: ${is}, expected ${should}`);
  }
};

const child = (code) => new Promise((resolve, reject) => {
  const process = spawn(probe, ['exit', String(code)], { stdio: 'ignore' });
  process.on('error', reject);
  process.on('exit', resolve);
});

async function mixed(first) {
  const jobs = [];
  for (let i = 0; i < 30; i++) {
    const code = (first + i) % 250;
    jobs.push(addon.runLater(probe, String(code)).then((got) => expect(got, code, 'a run on the pool')));
    if (i % 3 === 0) jobs.push(child(code).then((got) => expect(got, code, 'a child of node')));
    if (i % 5 === 0) expect(addon.run(probe, String(code)), code, 'a run that blocks');
  }
  await Promise.all(jobs);
}

if (!isMainThread) {
  for (let i = 0; i < 10; i++) expect(addon.run(probe, String(i)), i, 'a run in a worker');
  mixed(100).then(() => parentPort.postMessage(wrong));
} else {
  (async () => {
    let heard = 0, ticks = 0;
    process.on('SIGUSR2', () => heard++);
    const timer = setInterval(() => { ticks++; process.kill(process.pid, 'SIGUSR2'); }, 5);
    await mixed(0);
    const workers = [1, 2].map(() => new Promise((resolve, reject) => {
      const worker = new Worker(__filename, { workerData: [addonPath, probe] });
      worker.on('message', (n) => { wrong += n; });
      worker.on('error', reject);
      worker.on('exit', resolve);
    }));
    await Promise.all([mixed(50), ...workers]);
    const before = fs.readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 5; i++) await mixed(i);
    expect(fs.readdirSync('/proc/self/fd').length, before, 'descriptors');
    clearInterval(timer);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ticks > 0 && heard > 0, true, 'signals and timers');
    console.log(`${wrong} wrong`);
  })().catch((error) => { console.log(error); process.exitCode = 1; });
}
