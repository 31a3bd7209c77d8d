# The staff's page.

staff-title = This Callpanion
staff-troubles = What needs you
staff-zone = Times on this page are those of { $place }. Choose another place
staff-zone-hint = Letters to you have the times of this place too.
staff-attention = Calls that went wrong
staff-attention-none = No call went wrong lately.
staff-parked = Webhooks that wait
staff-parked-none = No webhook waits for anybody.
staff-plugins = Plugins
staff-plugins-none = No plugin is switched on. Please look into the configuration.
count-calls_today = calls today
count-answered_today = answered today
count-families = families
count-callees = people called
count-devices = devices
count-jobs_waiting = jobs waiting
count-jobs_failed = jobs failed
pluginkind-channel = channel
pluginkind-provider = provider
pluginkind-renderer = renderer
pluginkind-notifier = notifier
plugin-well = well
plugin-struggling = struggling
plugin-resting = resting
plugin-resting-until = resting until { $time }
plugin-problem = does not work
plugin-unchecked = not used yet
rest-vendor = Since { $time } { $vendor } has kept failing. It is left alone for a while; then one request finds out whether it is well again.
rest-plugin = Since { $time } the plugin itself has kept failing. It is left alone for a while; then one request finds out whether it is well again.
rest-meanwhile = Meanwhile calls ring on other devices, or wait.

parked-unknown_call = no call is known for it
