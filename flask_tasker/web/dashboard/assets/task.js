/* The page of a task follows it: asks with the version that it shows, and takes over what is different. */
(() => {
  "use strict";

  /* Where the app has streams, one says which version there is; while that is shown, there is nothing to ask for. */
  let stream = null;
  let told = "";
  const page = () => document.getElementById("live");
  const isShown = () => stream?.readyState === EventSource.OPEN && page().dataset.version === told;

  const listen = () => {
    const address = document.hidden ? undefined : page().dataset.stream;
    if (address && !stream) {
      stream = new EventSource(address);
      stream.addEventListener("version", (event) => {
        told = event.data;
        if (!isShown()) htmx.trigger(page(), "version");
      });
    } else if (!address && stream) {
      stream.close();
      stream = null;
    }
  };
  document.addEventListener("visibilitychange", listen);
  document.addEventListener("htmx:afterSettle", listen);
  listen();

  document.addEventListener("htmx:configRequest", (event) => {
    const version = event.target.dataset.version;
    if (version) event.detail.headers["If-None-Match"] = version;
  });

  /* Nobody sees it. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.dataset.version && (document.hidden || isShown())) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 304) event.detail.shouldSwap = false;
  });

  /* What somebody has opened or typed stays. */
  const callbacks = Idiomorph.defaults.callbacks;
  callbacks.beforeAttributeUpdated = (name, element) => !(name === "open" && element.nodeName === "DETAILS");
  callbacks.beforeNodeMorphed = (old) => old.nodeName !== "FORM";
})();
