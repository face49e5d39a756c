export * from './roles.js';
export * from './principal.js';
export * from './sight.js';
export * from './reach.js';
export * from './api-keys.js';
