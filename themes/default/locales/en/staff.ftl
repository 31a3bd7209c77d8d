# The staff's page.

staff-title = This Callpanion
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
plugin-ok = works
plugin-warning = works, with a limit
plugin-problem = does not work
plugin-unchecked = not checked yet

parked-unknown_call = no call is known for it
