// The press on a notice that stands on the screen. The browser's protocol cannot press a real one: so the worker's own
// text runs in the page, on a stand-in for what is around it there. Gives the pages that it opened.
(async (worker, title) => {
  const registration = await navigator.serviceWorker.getRegistration("/notices/");
  const notification = (await registration.getNotifications()).find((one) => one.title === title);
  const [listeners, opened, ends] = [{}, [], []];
  worker({
    location,
    registration,
    addEventListener: (name, listener) => { listeners[name] = listener; },
    clients: { openWindow: async (page) => { opened.push(page); } },
  });
  listeners.notificationclick({ notification, waitUntil: (end) => ends.push(end) });
  await Promise.all(ends);
  return opened;
})
