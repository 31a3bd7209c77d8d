// Turns notices on in this browser: asks whether it may, subscribes it to the installation's key, and sends the form.
// Where the browser cannot, or has it already, the form stays hidden.
"use strict";
(async () => {
  const form = document.querySelector("form[data-push-key]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const said = form.querySelector("[data-refused]");

  // As base64url writes them.
  function bytes(text) {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (one) => one.charCodeAt(0));
  }

  const key = bytes(form.dataset.pushKey);
  const worker = await navigator.serviceWorker.register("/notices/worker.js", { scope: "/notices/" });

  // Before it is active it cannot subscribe.
  const coming = worker.installing ?? worker.waiting;
  if (!worker.active && coming) {
    await new Promise((done) => {
      coming.addEventListener("statechange", () => { if (coming.state === "activated") done(); });
    });
  }

  function isOurs(subscription) {
    const theirs = new Uint8Array(subscription.options.applicationServerKey ?? new ArrayBuffer(0));
    return theirs.length === key.length && theirs.every((one, index) => one === key[index]);
  }

  form.hidden = false;
  form.addEventListener("submit", async (submit) => {
    submit.preventDefault();
    try {
      const old = await worker.pushManager.getSubscription();
      // One that was made for another key never gets anything.
      if (old && !isOurs(old)) await old.unsubscribe();
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      form.elements.subscription.value = JSON.stringify(made);
      // Without another event of this kind.
      form.submit();
    } catch {
      // The reader said no, or the browser has no push service.
      said.hidden = false;
    }
  });
})();
