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
  // Only pages of this house.
  const page = new URL(click.notification.data?.navigate ?? "/", self.location.origin);
  if (page.origin === self.location.origin) click.waitUntil(self.clients.openWindow(page.href));
});
