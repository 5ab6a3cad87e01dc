/** The version of the engine that every decision carries; equal to the package's version. */

/** Semantic version of this package. */
export const VERSION = '0.1.0';
