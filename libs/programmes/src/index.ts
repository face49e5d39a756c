export { PACKAGE_ROOT } from './package-root.js';
export { PROGRAMMES_FOLDER, ProgrammeFileError, ProgrammeLibrary } from './programme-library.js';
