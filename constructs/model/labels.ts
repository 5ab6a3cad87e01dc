/** Labels: which keys and values Kubernetes takes. */

/** A key of a label or an annotation, with an optional prefix. */
export const labelName =
  /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
/** A value of a label. */
export const labelValue = /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/;
/** A key in words. */
export const aLabelName = 'a label key: letters, digits, "-", "_", "." after an optional prefix/';
/** A value in words. */
export const aLabelValue = 'at most 63 letters, digits, "-", "_" and "."';
