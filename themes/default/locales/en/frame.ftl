# What surrounds every page, and words that many pages use.

skip-to-content = Skip to the content
demo-banner = This is a demo. Nobody's real phone rings.
sign-in = Sign in
sign-out = Sign out
sign-up = Sign up
nav-label = Main pages
nav-home = Home
nav-monitor = Live
nav-calls = Calls
nav-insights = Insights
nav-alerts = Alerts
nav-open = open
nav-staff = Staff
language = Language
footer-promise = Self-hosted with Callpanion. Nothing is sent to anyone for advertising or statistics.
go-on = Continue
go-back = Back
save = Save
refresh = Refresh
optional = (optional)
choose = Please choose
your-parent = your parent
may-not-edit = You can look at this, but only an owner or member of the family can change it.

flash-saved = Saved.
flash-message-left = Your message waits for the next talk.
flash-email_confirmed = Your e-mail address is confirmed.
flash-password_changed = Your new password is set. Please sign in with it.
flash-signed_out = You are signed out.
flash-setup_done = The first staff account is ready.
flash-call_started = The call is on its way.
flash-call_busy = A call is already on its way.
flash-call_unreachable = There is nothing to ring yet. Please pair a device or add a phone number first.
flash-call_no_consent = There is no consent on record, so no call was made.
flash-code_made = A new pairing code is ready.
flash-device_paired = The device is paired. It will ring from now on.
flash-device_declined = The device was turned away. It will not ring.
flash-device_unpaired = The device is removed. It will not ring any more.
flash-alert_acknowledged = Thank you. The family can see that you have looked at it.
flash-alert_closed = The alert is closed.
flash-trouble_closed = Closed. If it is seen again, it comes back.
flash-method_changed = Changed. All earlier calls are kept.
flash-retries_set = Saved. It counts from the next call that nobody picks up.
flash-pause_made = Calls are paused.
flash-pause_ended = The pause is over. Calls are made again.
flash-call_skipped = This call is skipped.
flash-call_wanted = This call is made after all.
flash-lost_race = Somebody else was faster. This is how it stands now.

# Time

day-today = today
day-tomorrow = tomorrow
day-yesterday = yesterday
date-long = { $weekday } { $day } { $month }
date-year = { $weekday } { $day } { $month } { $year }
date-short = { $day } { $month }
when-short = { $day }, { $time }
when-there = { $day }, { $time } in { $place }
when-here = ({ $day }, { $time } on your clock)
ago-now = just now
ago-minutes = { $count ->
    [one] 1 minute ago
   *[other] { $count } minutes ago
}
ago-hours = { $count ->
    [one] 1 hour ago
   *[other] { $count } hours ago
}
ago-days = { $count ->
    [one] 1 day ago
   *[other] { $count } days ago
}
length-seconds = { $seconds } s
length-minutes = { $minutes } min
length-hours = { $hours } h { $minutes } min
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
weekday-short-1 = Mon
weekday-short-2 = Tue
weekday-short-3 = Wed
weekday-short-4 = Thu
weekday-short-5 = Fri
weekday-short-6 = Sat
weekday-short-7 = Sun
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec

# What went wrong with a whole page

problem-bad_request = We did not understand that
problem-text-bad_request = Something in the request was missing or garbled. Please go back and try again.
problem-forbidden = This did not come from our own page
problem-text-forbidden = For your safety we only take forms that you send from Callpanion's own pages. Please open the page again and repeat the step.
problem-not_found = There is nothing here
problem-text-not_found = The page may have moved, or it belongs to another family. Please check the address.
problem-method = That does not work here
problem-text-method = This address cannot be opened in that way. Please start again from the first page.
problem-conflict = Somebody was faster
problem-text-conflict = This was changed at the same moment by someone else. Please open the page again to see how it stands now.
problem-gone = This link no longer works
problem-text-gone = It was already used, or it is too old. Please ask for a new one.
problem-too_large = That was too much at once
problem-text-too_large = What you sent is larger than we take. Please shorten it and try again.
problem-invalid = Something needs correcting
problem-text-invalid = One of the fields could not be accepted. Please go back and check it.
problem-too_many = Please wait a moment
problem-text-too_many = There were too many tries in a short time. This protects your family from guessing.
problem-internal = Something broke on our side
problem-text-internal = It is not your fault, and your data is safe. Please try again in a minute. If it stays like this, give the reference below to whoever runs this Callpanion.
problem-unavailable = Back in a moment
problem-text-unavailable = Callpanion is starting or being updated. Calls that are planned are kept. Please try again in a minute.
problem-wait = You can try again in { $length }.
problem-home = To the first page
problem-reference = Reference:
