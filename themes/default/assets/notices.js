// Turns notices on in this browser: asks whether it may, subscribes it to the installation's key, and sends the form.
// Where the browser cannot, the form stays hidden. To turn on what is on does no harm: it is the same subscription.
"use strict";
(async () => {
  const form = document.querySelector("form[data-push-key]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const refused = form.querySelector("[data-refused]");
  const failed = form.querySelector("[data-failed]");

  // As base64url writes them.
  function bytes(text) {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (one) => one.charCodeAt(0));
  }

  // Before it is active it cannot subscribe. It becomes so before the press, which allows a question for seconds only.
  async function register() {
    const worker = await navigator.serviceWorker.register("/notices/worker.js", { scope: "/notices/" });
    const coming = worker.installing ?? worker.waiting;
    if (!worker.active && coming) {
      await new Promise((done) => {
        coming.addEventListener("statechange", () => {
          // That is the end of one that cannot be installed.
          if (coming.state === "activated" || coming.state === "redundant") done();
        });
      });
    }
    return worker;
  }

  const key = bytes(form.dataset.pushKey);
  // Some browsers refuse it in private windows.
  const worker = await register().catch(() => null);
  if (!worker?.active) return;

  function isOurs(subscription) {
    const theirs = new Uint8Array(subscription.options.applicationServerKey ?? new ArrayBuffer(0));
    return theirs.length === key.length && theirs.every((one, index) => one === key[index]);
  }

  form.hidden = false;
  form.addEventListener("submit", async (submit) => {
    submit.preventDefault();
    // What is said a second time is read out a second time.
    refused.hidden = failed.hidden = true;
    try {
      const old = await worker.pushManager.getSubscription();
      // One that was made for another key never gets anything.
      if (old && !isOurs(old)) await old.unsubscribe();
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      form.elements.subscription.value = JSON.stringify(made);
      // Without another event of this kind.
      form.submit();
    } catch (error) {
      // The reader said no, which not every browser names so; or the push service cannot be reached, or there is none.
      const isRefused = error.name === "NotAllowedError" || window.Notification?.permission === "denied";
      (isRefused ? refused : failed).hidden = false;
    }
  });
})();
