# Halaman petugas.

staff-title = Callpanion ini
staff-troubles = Yang perlu Anda tangani
staff-zone = Jam di halaman ini mengikuti { $place }. Pilih tempat lain
staff-zone-hint = Surat untuk Anda juga memakai jam tempat ini.
staff-attention = Panggilan yang bermasalah
staff-attention-none = Akhir-akhir ini tidak ada panggilan yang bermasalah.
staff-parked = Webhook yang menunggu
staff-parked-none = Tidak ada webhook yang menunggu.
staff-plugins = Plugin
staff-plugins-none = Tidak ada plugin yang dinyalakan. Silakan periksa konfigurasinya.
count-calls_today = panggilan hari ini
count-answered_today = diangkat hari ini
count-families = keluarga
count-callees = orang yang ditelepon
count-devices = perangkat
count-jobs_waiting = pekerjaan menunggu
count-jobs_failed = pekerjaan gagal
pluginkind-channel = kanal
pluginkind-provider = penyedia
pluginkind-renderer = perender
pluginkind-notifier = pemberi tahu
plugin-well = baik
plugin-struggling = tersendat
plugin-resting = beristirahat
plugin-resting-until = beristirahat sampai { $time }
plugin-problem = tidak berfungsi
plugin-unchecked = belum dipakai
rest-vendor = Sejak { $time } { $vendor } terus gagal. Layanan itu dibiarkan sejenak; setelah itu satu permintaan mencari tahu apakah sudah pulih.
rest-plugin = Sejak { $time } plugin ini sendiri terus gagal. Plugin dibiarkan sejenak; setelah itu satu permintaan mencari tahu apakah sudah pulih.
rest-meanwhile = Sementara itu panggilan berdering di perangkat lain, atau menunggu.

parked-unknown_call = panggilannya tidak dikenal
