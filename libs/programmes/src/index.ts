export { PACKAGE_ROOT } from './package-root.js';
export { DataFileError } from './data-files.js';
export { PROGRAMMES_FOLDER, ProgrammeLibrary } from './programme-library.js';
export { loadSchemes } from './scheme-library.js';
