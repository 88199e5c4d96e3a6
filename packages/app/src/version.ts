declare const KUBEZONE_VERSION: string | undefined;

/** The version of the package, put in by the bundler; `source` where the sources run as they are. */
export const VERSION: string = typeof KUBEZONE_VERSION === 'string' ? KUBEZONE_VERSION : 'source';
