/** Page parts: the script, the style and the land of the page. Empty in the sources: the build writes them here from browser/ and data/. */

/** What every report has inside besides its data. */
export const pageParts = {
  /** The script of browser/, bundled. */
  script: '',
  /** The style sheet of browser/. */
  style: '',
  /** Outlines of countries: rings on lines, longitude and latitude in turn. Natural Earth, public domain. */
  land: '',
};
