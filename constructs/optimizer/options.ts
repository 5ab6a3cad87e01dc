/**
 * Every effort constant of the optimizer: how long a search goes on, how large a question may be for a method, how finely a
 * relaxation climbs. Each says its unit and why it has that value. None changes what is legal or what a value is; larger
 * numbers cost time and may find better sets or prove more.
 */

// Problem and primitives

/** Largest problem that an incremental flow is kept for. The flow holds its pairs twice, and a save copies a part of them. */
export const LARGEST_FLOW = {
  /** Clusters times origins. */
  pairs: 2_000_000,
};

// Assignment

// Enumeration

// Uncapacitated

// Capacitated

// Joint

// Implicit

// Single-app solver
