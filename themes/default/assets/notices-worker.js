// Shows the notices that arrive for this browser. A browser that knows declarative messages shows them by itself.
"use strict";
self.addEventListener("push", (push) => {
  let notice = {};
  try { notice = push.data.json().notification ?? {}; } catch { /* It is shown all the same: a push must be. */ }
  const { title, lang, tag, navigate } = notice;
  push.waitUntil(self.registration.showNotification(title || "Callpanion", { lang, tag, data: { navigate } }));
});

self.addEventListener("notificationclick", (click) => {
  click.notification.close();
  click.waitUntil(self.clients.openWindow(page(click.notification.data?.navigate)));
});

// Only pages of this house. Any other address leads to its first page: a press that does nothing looks broken.
function page(address) {
  const first = new URL("/", self.location.origin);
  try {
    const meant = new URL(address ?? first, first);
    return (meant.origin === first.origin ? meant : first).href;
  } catch {
    return first.href;
  }
}
