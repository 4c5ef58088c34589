// Shows the document with Swagger UI, and sends what is tried to this server.
"use strict";

(() => {
  const root = document.getElementById("reference");
  const { document: url, address, exchange } = root.dataset;
  const last = document.getElementById("last");

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();

  // The servers of the document are the vendor's. A link within a button cannot be reached by keyboard.
  const toThisServer = () => ({
    wrapComponents: {
      ServersContainer: () => () => null,
      DeepLink: (_, system) => ({ text }) => system.React.createElement("span", null, text),
    },
    statePlugins: {
      spec: {
        wrapActions: {
          updateJsonSpec: (original) => (spec) => original({ ...spec, servers: [{ url: address }] }),
        },
      },
    },
  });

  function told(response) {
    const id = response.headers && response.headers["mock-request-id"];
    if (id) {
      last.querySelector("a").href = exchange + id;
      last.hidden = false;
    }
    return response;
  }

  // Names for fields that have none, and a stop for the keyboard where text scrolls.
  const NAMES = { "body-param__text": "Request body", "content-type": "Media type", "operation-filter-input": "Filter by tag" };
  function complete() {
    for (const field of root.querySelectorAll("textarea, select, input")) {
      if (field.labels.length || field.ariaLabel) continue;
      const known = Object.keys(NAMES).find((each) => field.classList.contains(each));
      const row = field.closest("tr[data-param-name]");
      field.ariaLabel = known ? NAMES[known] : row ? row.dataset.paramName : field.placeholder || field.title || "Value";
    }
    for (const text of root.querySelectorAll("pre:not([tabindex])")) text.tabIndex = 0;
    for (const field of root.querySelectorAll(".auth-container input[id][aria-label]")) field.ariaLabel = null;
    for (const button of root.querySelectorAll(".close-modal:not([aria-label])")) button.ariaLabel = "Close";
    for (const button of root.querySelectorAll(".auth-btn-wrapper [aria-label]")) button.ariaLabel = null;
  }
  new MutationObserver(complete).observe(root, { childList: true, subtree: true });

  for (const select of document.querySelectorAll("#choice select")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }

  SwaggerUIBundle({
    url,
    domNode: root,
    plugins: [toThisServer],
    responseInterceptor: told,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    filter: true,
    validatorUrl: null,
    tryItOutEnabled: true,
    persistAuthorization: false,
  });
})();
