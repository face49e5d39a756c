export * from './roles.js';
export * from './principal.js';
export * from './sight.js';
export * from './reach.js';
export * from './api-keys.js';
export * from './pseudonyms.js';
export * from './portrait.js';
export * from './portray.js';
