import { type ComponentType, useEffect, useState } from 'react';
import { Failed, Loading } from '../ui/states.js';

/**
 * A page that is a script of its own. Not React's `lazy`: that keeps a page back until its word that it loads has stood
 * for 300 ms, however soon the script is there, and leaves nothing on the screen when it does not come.
 */
export function page<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Page(props) {
    const [Shown, show] = useState(() => loaded);
    const [error, fail] = useState<Error>();
    useEffect(() => {
      if (loaded) return;
      load().then((script) => {
        loaded = script.default;
        show(() => loaded);
      }, fail);
    }, []);
    // Asked again it fails again: a browser remembers a script that did not come for as long as the document is open.
    if (error) return <Failed error={error} retry={() => window.location.reload()} />;
    return Shown ? <Shown {...props} /> : <Loading what="the page" />;
  };
}
