# Surat.

mail-footer = Anda menerima surat ini karena punya akun di Callpanion ini.
mail-hello = Halo { $name },
mail-confirm-subject = Mohon konfirmasi alamat email Anda
mail-confirm-text = Terima kasih sudah mendaftar. Silakan buka tautan ini dan tekan tombolnya untuk mengonfirmasi alamat Anda:
mail-confirm-button = Konfirmasi alamat saya
mail-confirm-note = Tautan ini berlaku satu hari. Kalau Anda tidak mendaftar, abaikan saja.
mail-reset-subject = Pilih kata sandi baru
mail-reset-text = Seseorang, semoga Anda sendiri, meminta kata sandi baru. Buka tautan ini untuk memilihnya:
mail-reset-button = Pilih kata sandi baru
mail-reset-note = Tautan ini berlaku satu jam dan hanya sekali. Kalau bukan Anda, kata sandi lama tetap berlaku.
mail-summary-subject = { $name } sudah mengobrol dengan kami
mail-summary-when = Kami mengobrol dengan { $name } { $day } jam { $time } di { $place }, selama { $length }.
mail-unheard-subject = Panggilan kami ke { $name }: tidak ada suara
mail-unheard-when = Panggilan dijawab { $day } jam { $time } di { $place }, selama { $length }.
mail-summary-mood = Suasana hati: { $mood }.
mail-summary-button = Baca ringkasannya
mail-week-subject = Minggu ini: { $name }
mail-week-days = Dari { $from } sampai { $until }.
mail-week-there = Di mana ini dikatakan
mail-week-button = Lihat semua panggilan
mail-missed-subject = { $name } tidak mengobrol dengan kami jam { $time }
mail-missed-tries = { $count ->
    [1] Kami menelepon satu kali.
   *[other] Kami menelepon { $count } kali.
}
mail-missed-next = Kami menelepon lagi { $day } jam { $time } di { $place }.
mail-missed-advice = Biasanya alasannya sederhana. Kalau Anda khawatir, silakan telepon sendiri atau minta tetangga menengok.
mail-missed-button = Lihat apa yang terjadi
mail-alert-text = Maukah Anda menanganinya? Beri tahu yang lain dengan sekali tekan, dan tidak ada orang lain yang diminta:
mail-alert-button = Saya tangani
mail-alert-earlier = { $count ->
   *[other] { $names } sudah diberi tahu sebelum Anda dan belum menjawab.
}
mail-said-when = Ini dikatakan dalam obrolan kami { $day } jam { $time } di { $place }.
mail-said-button = Baca dalam panggilan

mail-exists-subject = Anda sudah punya akun
mail-exists-text = Seseorang, semoga Anda sendiri, ingin mendaftar dengan alamat ini. Akunnya sudah ada, jadi Anda bisa langsung masuk:
mail-exists-note = Kalau lupa kata sandi, Anda dapat memilih yang baru di sana. Kalau bukan Anda, abaikan saja.

mail-trouble-subject = Callpanion memerlukan Anda: { $about }
mail-trouble-note = Anda hanya menerima satu surat tentang ini. Halaman petugas dan `callpanion doctor` memberi tahu apakah masalahnya masih ada.
mail-trouble-button = Buka halaman petugas

mail-why-talked = Anda menerima surat ini setelah setiap panggilan yang dijawab, sebagai bagian dari “{ $family }”.
mail-why-not_reached = Anda menerima surat ini kalau sebuah panggilan tidak menjadi obrolan, sebagai bagian dari “{ $family }”.
mail-why-worrying = Anda menerima surat ini kalau ada perkataan yang mengkhawatirkan, sebagai bagian dari “{ $family }”.
mail-why-weekly = Anda menerima surat ini pada Minggu malam setelah minggu dengan panggilan, sebagai bagian dari “{ $family }”.
mail-why-must = Surat ini selalu datang kepada yang pertama diberi tahu, supaya pasti ada yang tahu.
mail-why-off = Hentikan surat tentang ini
mail-why-wishes = Pilih surat Anda, bahasanya, dan jam tenang Anda
