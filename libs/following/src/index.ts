export { Follower, type FollowerOptions, type Place } from './follower.js';
export { Rounds, type RoundsOptions } from './rounds.js';
export { retryDelay, type BackOff } from './retry-delay.js';
export { type Say } from './say.js';
export { Waiters } from './waiters.js';
export { Wake } from './wake.js';
