// A push service for the page, in place of the browser's own, which is one of the internet. It refuses what a browser
// refuses (Push API, `subscribe()`), and knows until the tab is closed whose key was subscribed to, at first `before`.
((key, before, subscription) => {
  const refuse = (name) => { throw new DOMException("as a browser would", name); };
  // In base64url.
  const asText = (bytes) => {
    const plain = btoa(String.fromCharCode(...bytes));
    return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const subscribed = () => ({
    options: { applicationServerKey: new Uint8Array(sessionStorage.subscribedTo.split(",")).buffer },
    toJSON: () => subscription,
    unsubscribe: async () => { sessionStorage.subscribedTo = ""; return true; },
  });
  sessionStorage.subscribedTo ??= before;
  PushManager.prototype.getSubscription = async () => (sessionStorage.subscribedTo ? subscribed() : null);
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    const asked = new Uint8Array(applicationServerKey);
    if (Notification.permission !== "granted" || !userVisibleOnly) refuse("NotAllowedError");
    if (!(await navigator.serviceWorker.getRegistration("/notices/"))?.active) refuse("AbortError");
    if (asText(asked) !== key) refuse("InvalidAccessError");
    if (sessionStorage.subscribedTo && sessionStorage.subscribedTo !== String(asked)) refuse("InvalidStateError");
    sessionStorage.subscribedTo = String(asked);
    return subscribed();
  };
})
