"""The same short letter in many languages: what a text costs a model depends on its script."""

LETTERS = {
    "English": (
        "Dear Ms Winter, thank you for your message of last Thursday. The documents arrived"
        " this morning and look complete. We would like to meet you next week, on Tuesday"
        " at 10:30 or on Wednesday afternoon, in our office. Please let me know which suits"
        " you better, and whether a colleague will join you. If anything is unclear, just"
        " call me. Kind regards"
    ),
    "German": (
        "Sehr geehrte Frau Winter, vielen Dank für Ihre Nachricht vom letzten Donnerstag."
        " Die Unterlagen sind heute Morgen angekommen und scheinen vollständig zu sein. Wir"
        " würden Sie gerne nächste Woche treffen, am Dienstag um 10:30 Uhr oder am Mittwochnach"
        "mittag, in unserem Büro. Bitte sagen Sie mir, was Ihnen besser passt. Mit freundlichen"
        " Grüßen"
    ),
    "French": (
        "Madame Winter, merci pour votre message de jeudi dernier. Les documents sont arrivés"
        " ce matin et semblent complets. Nous aimerions vous rencontrer la semaine prochaine,"
        " mardi à 10h30 ou mercredi après-midi, dans nos bureaux. Dites-moi ce qui vous convien"
        "t le mieux et si un collègue vous accompagnera. Bien cordialement"
    ),
    "Spanish": (
        "Estimada señora Winter: muchas gracias por su mensaje del jueves pasado. Los documento"
        "s llegaron esta mañana y parecen completos. Nos gustaría reunirnos con usted la semana"
        " que viene, el martes a las 10:30 o el miércoles por la tarde, en nuestra oficina."
        " Dígame qué le viene mejor y si la acompañará algún compañero. Un cordial saludo"
    ),
    "Portuguese": (
        "Prezada senhora Winter, obrigado pela sua mensagem da última quinta-feira. Os document"
        "os chegaram esta manhã e parecem completos. Gostaríamos de nos encontrar com a senhora"
        " na próxima semana, terça-feira às 10:30 ou quarta-feira à tarde, no nosso escritório."
        " Por favor diga-me o que lhe convém mais. Com os melhores cumprimentos"
    ),
    "Italian": (
        "Gentile signora Winter, grazie per il suo messaggio di giovedì scorso. I documenti"
        " sono arrivati questa mattina e sembrano completi. Vorremmo incontrarla la prossima"
        " settimana, martedì alle 10:30 o mercoledì pomeriggio, nel nostro ufficio. Mi faccia"
        " sapere che cosa le va meglio e se verrà con un collega. Cordiali saluti"
    ),
    "Dutch": (
        "Geachte mevrouw Winter, hartelijk dank voor uw bericht van afgelopen donderdag. De"
        " documenten zijn vanmorgen aangekomen en lijken volledig te zijn. Wij willen u graag"
        " volgende week ontmoeten, dinsdag om 10:30 uur of woensdagmiddag, in ons kantoor."
        " Laat mij weten wat u beter uitkomt. Met vriendelijke groet"
    ),
    "Polish": (
        "Szanowna Pani Winter, dziękuję za wiadomość z zeszłego czwartku. Dokumenty dotarły"
        " dziś rano i wyglądają na kompletne. Chcielibyśmy spotkać się z Panią w przyszłym"
        " tygodniu, we wtorek o 10:30 albo w środę po południu, w naszym biurze. Proszę dać"
        " znać, co bardziej Pani odpowiada. Z poważaniem"
    ),
    "Swedish": (
        "Bästa fru Winter, tack för ert meddelande från i torsdags. Dokumenten kom i morse"
        " och verkar vara fullständiga. Vi skulle gärna träffa er nästa vecka, på tisdag klocka"
        "n 10:30 eller på onsdag eftermiddag, på vårt kontor. Säg till vad som passar bäst"
        " och om en kollega följer med. Med vänliga hälsningar"
    ),
    "Finnish": (
        "Hyvä rouva Winter, kiitos viestistänne viime torstailta. Asiakirjat saapuivat tänä"
        " aamuna ja näyttävät olevan täydelliset. Haluaisimme tavata teidät ensi viikolla,"
        " tiistaina kello 10:30 tai keskiviikkona iltapäivällä, toimistossamme. Kertokaa,"
        " kumpi sopii teille paremmin. Ystävällisin terveisin"
    ),
    "Czech": (
        "Vážená paní Winterová, děkuji za Vaši zprávu z minulého čtvrtka. Dokumenty dorazily"
        " dnes ráno a zdají se být úplné. Rádi bychom se s Vámi setkali příští týden, v úterý"
        " v 10:30 nebo ve středu odpoledne, v naší kanceláři. Dejte mi prosím vědět, co Vám"
        " vyhovuje lépe. S pozdravem"
    ),
    "Turkish": (
        "Sayın Winter, geçen perşembe günkü mesajınız için teşekkür ederiz. Belgeler bu sabah"
        " geldi ve eksiksiz görünüyor. Sizinle gelecek hafta salı günü saat 10:30'da ya da"
        " çarşamba öğleden sonra ofisimizde görüşmek isteriz. Hangisinin size daha uygun olduğu"
        "nu bildirin lütfen. Saygılarımla"
    ),
    "Vietnamese": (
        "Kính gửi bà Winter, cảm ơn bà đã gửi thư hôm thứ Năm tuần trước. Các tài liệu đã"
        " đến sáng nay và có vẻ đầy đủ. Chúng tôi muốn gặp bà vào tuần tới, thứ Ba lúc 10:30"
        " hoặc chiều thứ Tư, tại văn phòng của chúng tôi. Xin cho tôi biết lúc nào thuận tiện"
        " hơn. Trân trọng"
    ),
    "Indonesian": (
        "Yth. Ibu Winter, terima kasih atas pesan Ibu hari Kamis lalu. Dokumennya tiba pagi"
        " ini dan tampaknya lengkap. Kami ingin bertemu dengan Ibu minggu depan, hari Selasa"
        " pukul 10:30 atau Rabu sore, di kantor kami. Mohon beri tahu mana yang lebih cocok."
        " Hormat kami"
    ),
    "Russian": (
        "Уважаемая госпожа Винтер, спасибо за ваше сообщение от прошлого четверга. Документы"
        " пришли сегодня утром и выглядят полными. Мы хотели бы встретиться с вами на следующей"
        " неделе, во вторник в 10:30 или в среду после обеда, в нашем офисе. Сообщите, пожалуйс"
        "та, что вам удобнее. С уважением"
    ),
    "Ukrainian": (
        "Шановна пані Вінтер, дякую за ваше повідомлення від минулого четверга. Документи"
        " надійшли сьогодні вранці й виглядають повними. Ми хотіли б зустрітися з вами наступно"
        "го тижня, у вівторок о 10:30 або в середу пополудні, у нашому офісі. З повагою"
    ),
    "Greek": (
        "Αγαπητή κυρία Βίντερ, σας ευχαριστώ για το μήνυμά σας της περασμένης Πέμπτης. Τα"
        " έγγραφα έφτασαν σήμερα το πρωί και φαίνονται πλήρη. Θα θέλαμε να σας συναντήσουμε"
        " την επόμενη εβδομάδα, την Τρίτη στις 10:30 ή την Τετάρτη το απόγευμα, στο γραφείο"
        " μας. Με εκτίμηση"
    ),
    "Hebrew": (
        "גברת וינטר היקרה, תודה על הודעתך מיום חמישי שעבר. המסמכים הגיעו הבוקר ונראים שלמים."
        " נשמח להיפגש איתך בשבוע הבא, ביום שלישי בשעה 10:30 או ביום רביעי אחר הצהריים, במשרד"
        " שלנו. אנא הודיעי לי מה מתאים לך יותר. בברכה"
    ),
    "Arabic": (
        "السيدة وينتر المحترمة، شكرا على رسالتك يوم الخميس الماضي. وصلت الوثائق هذا الصباح"
        " وتبدو كاملة. نود أن نلتقي بك الأسبوع القادم، يوم الثلاثاء الساعة 10:30 أو بعد ظهر"
        " الأربعاء، في مكتبنا. يرجى إعلامي بما يناسبك أكثر. مع أطيب التحيات"
    ),
    "Hindi": (
        "प्रिय सुश्री विंटर, पिछले गुरुवार के आपके संदेश के लिए धन्यवाद। दस्तावेज़ आज सुबह"
        " आ गए हैं और पूरे लगते हैं। हम अगले सप्ताह मंगलवार को 10:30 बजे या बुधवार दोपहर को"
        " अपने कार्यालय में आपसे मिलना चाहेंगे। कृपया बताएं कि आपके लिए क्या बेहतर है। सादर"
    ),
    "Thai": (
        "เรียน คุณวินเทอร์ ขอบคุณสำหรับข้อความของคุณเมื่อวันพฤหัสบดีที่แล้ว เอกสารมาถึงเมื่อเช้"
        "านี้และดูครบถ้วน เราอยากพบคุณในสัปดาห์หน้า วันอังคารเวลา 10:30 น. หรือบ่ายวันพุธ"
        " ที่สำนักงานของเรา กรุณาแจ้งว่าเวลาใดสะดวกกว่า"
    ),
    "Chinese": (
        "尊敬的温特女士：感谢您上周四的来信。文件今天早上已经收到，看起来是完整的。我们希望下周"
        "与您见面，时间是周二上午10:30或周三下午，地点在我们的办公室。请告诉我哪个时间对您更方便"
        "，以及是否有同事陪同。此致敬礼"
    ),
    "Japanese": (
        "ウィンター様、先週の木曜日にはご連絡をいただき、ありがとうございました。書類は今朝届き"
        "、すべて揃っているようです。来週の火曜日10時30分、または水曜日の午後に、弊社の事務所で"
        "お会いできればと思います。どちらがご都合よろしいか、お知らせください。よろしくお願いい"
        "たします。"
    ),
    "Korean": (
        "윈터 님께, 지난 목요일에 보내주신 메시지에 감사드립니다. 서류는 오늘 아침에 도착했고"
        " 모두 갖추어진 것 같습니다. 다음 주 화요일 10시 30분이나 수요일 오후에 저희 사무실에서"
        " 뵙고 싶습니다. 어느 쪽이 더 편하신지 알려 주시기 바랍니다. 감사합니다"
    ),
}
