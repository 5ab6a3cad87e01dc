/** Compiled code is kept between calls, where the version of Node has a place for it (22.1 and later): imported before everything else. */
import * as nodeModule from 'node:module';

const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: () => unknown };
enableCompileCache?.();
