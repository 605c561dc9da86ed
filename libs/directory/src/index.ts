export * from './directory.js';
export * from './statement.js';
