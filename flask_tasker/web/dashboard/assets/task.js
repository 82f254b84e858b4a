/* The page of a task follows it: asks with the version that it shows, and takes over what is different. */
(() => {
  "use strict";

  document.addEventListener("htmx:configRequest", (event) => {
    const version = event.target.dataset.version;
    if (version) event.detail.headers["If-None-Match"] = version;
  });

  /* Nobody sees it. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.dataset.version && document.hidden) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 304) event.detail.shouldSwap = false;
  });

  /* What somebody has opened or typed stays. */
  const callbacks = Idiomorph.defaults.callbacks;
  callbacks.beforeAttributeUpdated = (name, element) => !(name === "open" && element.nodeName === "DETAILS");
  callbacks.beforeNodeMorphed = (old) => old.nodeName !== "FORM";
})();
