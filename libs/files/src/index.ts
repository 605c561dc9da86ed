export { ownedAlone } from './owned-alone.js';
export { syncFolder } from './sync-folder.js';
