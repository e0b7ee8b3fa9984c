// Work between frames: what arrives is shown once a frame, and what can wait is done in the time that is left.

/** What the work of one frame may take, in milliseconds: half of a frame at 60 a second. */
const FRAME_MILLIS = 8;

const flushes = new Set();
const jobs = [];
let asked = false;

function ask() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(frame);
}

function frame() {
  asked = false;
  const end = performance.now() + FRAME_MILLIS;
  const due = [...flushes];
  flushes.clear();
  for (const flush of due) flush();
  // one at least, or a busy text would keep them waiting for ever
  if (jobs.length > 0) {
    do jobs.shift()();
    while (jobs.length > 0 && performance.now() < end);
  }
  if (flushes.size > 0 || jobs.length > 0) ask();
}

/** Calls it in the next frame, once however often it is asked for. */
export function nextFrame(flush) {
  flushes.add(flush);
  ask();
}

/** Calls it when a frame has time for it, in order. */
export function whenIdle(job) {
  jobs.push(job);
  ask();
}
