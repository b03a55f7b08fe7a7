// Waiting, in the three ways we need it. All times are milliseconds.

/** A promise that resolves after `ms`. */
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Call `fn` once `ms` after the last call; `.flush()` calls a waiting one at once, `.cancel()` drops it. */
export function debounce(fn, ms) {
  let timer = 0;
  let waiting = null;
  const run = () => {
    clearTimeout(timer);
    if (!waiting) return undefined;
    const args = waiting;
    waiting = null;
    return fn(...args);
  };
  const debounced = (...args) => {
    waiting = args;
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  };
  debounced.flush = run;
  debounced.cancel = () => {
    clearTimeout(timer);
    waiting = null;
  };
  return debounced;
}

/** Call `fn` at most once in `ms`: the first call at once, the last one of a burst afterwards. */
export function throttle(fn, ms) {
  let last = -Infinity;
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    const rest = last + ms - performance.now();
    const run = () => {
      last = performance.now();
      fn(...args);
    };
    if (rest <= 0) run();
    else timer = setTimeout(run, rest);
  };
}
