# Yang hanya bisa diperbaiki pengelola: apa artinya, dan cara memperbaikinya. Di halaman petugas, di surat, dan di
# `callpanion doctor`. Kata-kata vendor berdiri di sampingnya apa adanya.

trouble-said = Kata aslinya:
trouble-since = Sejak { $day }, { $time }.
trouble-times = Terlihat sedikitnya { $count } kali, terakhir { $day }, { $time }.
trouble-close = Sudah diperbaiki

trouble-what-ringing = Panggilan lewat { $about } gagal: vendor menolaknya sampai Anda bertindak.
trouble-mend-ringing = Perbaiki yang disebut kata-kata ini: kunci, persetujuan, saldo, atau setelan di bagian plugins.{ $about } pada konfigurasi. `callpanion check` bertanya lagi kepada vendor. Masalah ini tertutup sendiri saat panggilan berikutnya berhasil.
trouble-what-looking_up = Hasil panggilan lewat { $about } tidak dapat ditanyakan, sehingga hasilnya terlambat atau tidak datang.
trouble-mend-looking_up = Perbaiki yang disebut kata-kata ini, kemungkinan besar hak baca kuncinya. `callpanion check` bertanya lagi kepada vendor. Masalah ini tertutup sendiri saat pertanyaan berikutnya dijawab.
trouble-what-taking_back = Panggilan lewat { $about } tidak dapat ditarik kembali: yang dibatalkan keluarga bisa tetap berdering.
trouble-mend-taking_back = Perbaiki yang disebut kata-kata ini, kemungkinan besar hak ubah kuncinya. `callpanion check` bertanya lagi kepada vendor. Masalah ini tertutup sendiri saat panggilan berikutnya berhasil ditarik.
trouble-what-talking = Obrolan tidak dapat dimulai: { $about } tidak membuka percakapan, dan yang mengangkat di aplikasi tidak mendengar siapa pun.
trouble-mend-talking = Perbaiki yang disebut kata-kata ini: kunci, agen, saldo, atau setelan di bagian plugins.{ $about } pada konfigurasi. `callpanion check` bertanya lagi kepada vendor. Masalah ini tertutup sendiri saat obrolan berikutnya dimulai.
trouble-what-fetching = Obrolan yang webhook-nya tidak datang juga tidak dapat diambil dari { $about }, sehingga tidak punya ringkasan.
trouble-mend-fetching = Perbaiki yang disebut kata-kata ini, kemungkinan besar hak baca kuncinya. `callpanion check` bertanya lagi kepada vendor. Yang belum lewat sehari akan diambil dengan sendirinya.
trouble-what-summarising = Ringkasan tidak ditulis: { $about } belum disetel sebagaimana mestinya.
trouble-mend-summarising = Perbaiki yang disebut kata-kata ini, di bagian plugins.{ $about } pada konfigurasi. Ringkasan yang menunggu kurang dari setengah hari akan ditulis dengan sendirinya.
trouble-what-digesting = Keluarga tidak menerima rangkuman seminggu: plugin yang disebut { $about } tidak dimuat, tidak menulis rangkuman mingguan, atau belum disetel sebagaimana mestinya.
trouble-mend-digesting = Perbaiki yang disebut kata-kata ini: { $about } pada konfigurasi harus menyebut plugin yang menulis rangkuman mingguan dan dinyalakan (`enabled = true` di bagiannya), dan setelannya harus benar. Lalu jalankan ulang Callpanion. Minggu terakhir dirangkum dalam satu jam, dan masalah ini tertutup sendiri.
trouble-what-no_channel = Ada orang yang perangkat atau nomornya tidak punya plugin kanal yang dinyalakan: di sana tidak ada yang bisa ditelepon.
trouble-mend-no_channel = Nyalakan kanalnya (`enabled = true` di bagiannya pada konfigurasi), beri izin yang didaftar oleh `callpanion plugin show`, lalu jalankan ulang Callpanion. Setelah itu tutup di sini.
trouble-what-not_loaded = Panggilan seharusnya berdering lewat { $about }, tetapi kanal itu tidak dimuat: di sana tidak ada yang bisa ditelepon.
trouble-mend-not_loaded = Nyalakan lagi (`enabled = true` di bagian plugins.{ $about } pada konfigurasi), lalu jalankan ulang Callpanion. Masalah ini tertutup sendiri saat panggilan berikutnya berhasil.
trouble-what-sealed = Alamat push disegel dengan kunci yang tidak diberikan kepada Callpanion, atau rusak: perangkat-perangkat ini tidak dapat ditelepon.
trouble-mend-sealed = Isi `database.encryption_key`, atau `database.previous_encryption_key`, dengan kunci penyegelnya, lalu jalankan ulang Callpanion. Kalau kunci itu hilang, setiap ponsel atau peramban mendaftar ulang saat aplikasi atau halamannya dibuka. Setelah itu tutup di sini.
trouble-what-not_replaced = Versi baru { $about } tidak dipakai; versi lama tetap bekerja.
trouble-mend-not_replaced = Perbaiki versi barunya, atau kembalikan berkas lama. Berkasnya diperiksa lagi setiap kali berubah.
trouble-what-webhooks_missing = Webhook dari { $about } tidak datang. Obrolan harus diambil sendiri, sehingga keluarga terlambat membacanya.
trouble-mend-webhooks_missing = Periksa alamat dan keadaan webhook di vendor, dan apakah Callpanion bisa dijangkau dari luar; `callpanion check` memberi tahu apa yang ditemukannya. Vendor mematikan webhook yang lama gagal. Masalah ini tertutup sendiri saat satu webhook datang.
trouble-what-mail = Surat tidak dapat dikirim: tidak ada yang diberi tahu lewat surat tentang panggilan tak terjawab, kekhawatiran, dan ringkasan.
trouble-mend-mail = Periksa bagian mail pada konfigurasi, dan server suratnya. Surat-surat menunggu, dan dicoba selama setengah hari. Masalah ini tertutup sendiri saat surat berikutnya diterima.
trouble-what-texting = SMS lewat { $about } tidak terkirim. Surat tetap dikirim seperti biasa.
trouble-mend-texting = Perbaiki apa yang disebut kata-kata ini: kunci, nomor pengirim, izin, pulsa, atau pengaturan di bagian plugins.{ $about } pada konfigurasi. Masalah ini tertutup sendiri saat pesan berikutnya diterima.
trouble-what-number_facts = { $about } tidak memberi tahu jenis sebuah nomor telepon, sehingga nomor baru diterima seperti yang diketik.
trouble-mend-number_facts = Perbaiki apa yang disebut kata-kata ini: kunci, atau pengaturan di bagian plugins.{ $about } pada konfigurasi. Masalah ini tertutup sendiri saat nomor berikutnya berhasil ditanyakan.
trouble-what-pushing = Pemberitahuan di peramban lewat { $about } tidak terkirim. Surat tetap dikirim seperti biasa.
trouble-mend-pushing = Perbaiki apa yang disebut kata-kata ini: kontak pada kredensial, jam server, atau pengaturan di bagian plugins.{ $about } pada konfigurasi. Masalah ini tertutup sendiri saat pemberitahuan berikutnya diterima.
trouble-what-set_up = Ada yang belum disetel seperti yang dibutuhkan { $about }: panggilan, laporannya, atau pemberitahuan gagal atau segera akan gagal.
trouble-mend-set_up = Perbaiki yang disebut kata-kata ini. `callpanion check` bertanya lagi kepada vendor, dan memberi tahu semua yang ditemukannya. Callpanion sendiri bertanya sekali sehari: masalah ini tertutup saat tidak ada lagi yang ditemukan.
