"""Words that tell a one-time code, in many languages.

They are stems, folded as `fold` folds a text. A stem stands for every ending, so that a language
needs few; a space in it stands for a place where no letter is. Whoever adds a language adds a line
to each table, and a case to the tests.
"""

from postroom.mime.codes.folding import words

CODE = words(
    """code |passcode| pin | pin-code| token |jeton |codesms
códig| clave |codic| cod |codul
kód|kod |kodem |kodu |kods |kodas |kodą|kodun|kodnya|kode |koden |kodet |kood|koder
κωδικ
код
رمز|الرمز|كود|کد
קוד
कोड|কোড
コード|パスコード
코드
代码|代碼
รหัส
 mã """
)
"""Words for a code of any sort."""

NUMBER = words(
    """番号|번호|码|碼| this number | following number | number below | these digits
 following digits | digits below | diese zahl | ce nombre | este número | questo numero
 dit nummer """
)
"""Words for a number of any sort: for a code only where they say what for."""

ONE_TIME = words(
    """ otp |one-time pass|one time pass|onetime pass|one-time pin|security pin|login pin
 ihre tan | deine tan | die tan | tan:| tan für | mtan | m-tan | smstan | sms-tan |mobile tan
 pushtan | tan lautet |mobiletan
einmalpasswort|einmalkennwort|einmal-pin
mot de passe à usage unique|mot de passe temporaire
contraseña de un solo uso|contraseña temporal|senha de uso único|clave dinámica|clave temporal
token de acesso|token de acceso|password temporanea|password monouso
egyszer használatos jelsz|tek kullanımlık şifre|parola unică|parolă unică|parola de unică
palavra-passe temporária|palavra-passe de uso único|palavra-passe única
пароль для подтвержд|пароль подтвержд|eenmalig wachtwoord
engangskode|engangspassord|engångskod|engångslösenord|kertakäyttösalasana
hasło jednorazowe|jednorazowe hasło|jednorázové heslo|jednorazové heslo
jednokratna lozinka|одноразовый пароль|одноразового пароля|пароль для входа|одноразовий пароль
رمز التحقق|كلمة مرور لمرة واحدة|كلمة المرور لمرة واحدة|رمز یکبار مصرف|رمز یک‌بار مصرف
ओटीपी|वन-टाइम पासवर्ड|वन टाइम पासवर्ड
验证码|驗證碼|校验码|校驗碼|动态码|動態密碼|动态密码|确认码|確認碼|授权码|安全码|一次性密码|一次性密碼
認証コード|認証番号|ワンタイムパスワード|セキュリティコード
인증번호|인증 번호|인증코드|인증 코드|보안코드|보안 코드|일회용 비밀번호
mã otp|mã xác minh|รหัส otp|รหัสผ่านครั้งเดียว"""
)
"""Words for a code that is used once: they need no other beside them."""

IDENTITY = words(
    """verif|authenti|two-factor|two factor|2-step|two-step|2fa| mfa |one-time|one time|single-use
temporary|security|login|log in|log-in|log into|logging in|sign in|sign-in|signing in|sign up
sign-up|signing up|device code|magic code|password|recover|unlock|entsperr|débloqu|desbloqu
recuper|récupér|wiederherstell
passwort|anmelde|anmeldung|anzumelden|sicherheit|einmal|einlogg|verifizier|identifizier
vérif|sécurité|connexion|connecter|vous identifier|identificar|usage unique|authentif|mot de passe
inicio de ses|iniciar ses|iniciar a ses|inicia ses|seguridad|segurança|un solo uso|uso único
autent|contraseñ|senha|código de login|verific|entrar em|entrar na|entrar no
sicurezza|monouso|accedere|per l'accesso
inlog|in te loggen|eenmalig|beveilig|wachtwoord|authentic
inlogg|logga in|engång|säkerhet|lösenord|verifier
logge ind|logge inn|logg inn|log ind|engang|sikkerhed|sikkerhet|verifis|adgangskode|passord
kertakäyttö|kirjaut|turva|salasana|todennus
weryfik|logowan|zalogow|jednoraz|bezpiecz|autoryz|hasł
ověřov|ověřit|ověřte|ověřen|přihlá|jednoráz|bezpečn|heslo|overov|overen|prihlás|jednorázov|bezpečnost|autoriz
ellenőrző|belép|bejelentkez|biztons|egyszer használ|jelsz|hiteles
autentific|conecta|securitate| unică
doğrula|giriş|tek kullan|güvenlik|şifre
prisijung|pieslēg|sisselog|prijav|jednokratn|vienkart|ühekord
επαλήθευσ|σύνδεσ|συνδέ|συνδεθ|μιας χρήσ|μίας χρήσ|ασφαλείας|ταυτοπο
проверочн|одноразов|безопасн|для входа|войти|верифик|авториз|парол|аутентиф|двухфактор
перевір|увійти|для входу|безпек
вход|сигурност|еднократ|провер
تحقق|تسجيل الدخول|للدخول|الدخول|لمرة واحدة|ورود|یکبار|الأمان
אימות|כניסה|להתחבר|חד פעמי|חד-פעמי|אבטחה|סיסמ
सत्यापन|सत्यापित|लॉगिन|লগ|যাচাই
認証|ログイン|ワンタイム|セキュリティ|パスワード|サインイン|本人確認
인증|로그인|보안|본인확인|본인 확인|비밀번호
验证|驗證|校验|登录|登入|登錄|登陆|动态|安全|一次性|密码|密碼
เข้าสู่ระบบ|ยืนยันตัวตน|ความปลอดภัย
xác minh|đăng nhập|xác thực|mật khẩu|bảo mật
verifikasi|masuk|keamanan|kata sandi|sekali pakai|memverifikasi"""
)
"""What a one-time code is for: to show who somebody is. A word for a code beside one of these is
one, whatever else the mail is about."""

CONSENT = words(
    """confirm|activat|registration|access|reset|finish signing|approve|authoriz|authoris
bestätig|registrier|freischalt|zugang|aktivier|freigabe
inscription|activer|accès|accéder|valider|validez|réinitialis
acceso|acceder|acesso|aceder|acessar|segur|ativa|activa|autoriz|restablec|redefin
accesso|conferma|attiva|reimpost|registrazione
bevestig|toegang|activer|registrat
bekräft|aktiver|bekreft|bekræft|godkänn|godkend|registrer
vahvist|aktivoin
potwierd|aktywac|rejestr|dostęp|zresetow
potvrz|potvrd|aktivač|registrac|obnov
megerősít|aktivál|regisztr
confirm|activa|înregistr|acces|autorizarea
onay|etkinleş|kayıt
patvirtin|apstiprin|kinnit|potvrd|aktivac
επιβεβαίωσ|επιβεβαιώσ|ενεργοποίησ|πρόσβασ
подтвержд|подтверди|регистрац|активац|доступ|восстановл|операции
підтвер|реєстрац|активац|доступ
потвърж|потвърд|активира
تأكيد|لتأكيد|التفعيل|تفعيل|تایید|فعال‌سازی
אישור|לאשר|הפעלה
पुष्टि
確認|登録を完了|有効化|再設定
확인|활성화|재설정|가입
确认|確認|激活|啟用|注册|註冊|重置
ยืนยัน
xác nhận|kích hoạt|đăng ký
konfirmasi|mengonfirmasi|aktivasi|pendaftaran|pengesahan"""
)
"""What a one-time code may be for, and that of a booking, a parcel or a conference as well."""

DONE = words(
    """verified|confirmed|activated|authenticated|bestätigt|verifiziert|aktiviert|confirmée|vérifiée
confirmado|confirmada|verificado|verificada|confermato|confermata|verificato|verificata|bevestigd|potwierdzon|bekräftad|bekreftet|bekræftet
vahvistettu|potvrzen|potvrden|подтвержден|подтверждён|підтверджено|потвърдена|onaylandı|doğrulandı
确认订单|確認しました|확인되었"""
)
"""Words of these that say that it is done already, or of what else."""

YOURS = words(
    """ your | here's | dein| ihr code | ihr | ihre | ihren | ihrem | ton | ta | votre | voici
 tu | tus | su | seu | sua | o teu | tuo | il suo | sua | ecco | je | jouw | uw
 din | ditt | dit | twoj| panstwa | vas | vase | tvuj | tvoj| vas | tau | dvs | dumneavoastra
 vas | ваш| твой| твоят| твои|თქვ| σας | σου |kodunuz|kodun |şifreniz|şifren |koodisi|koodinne
kódod|kódja|jelszav| teie | sinu | jusu | tavs | tavo | jūsų
خاص بك|رمزك|شما| שלך | שלכם |आपका|आपकी|ของคุณ|của bạn|của quý khách| anda |kodenya
あなたの|お客様の|お客さまの|회원님의|귀하의|고객님의|您的|你的"""
)
"""Words for whose a code is: beside it they say that it was made for the reader."""

BARE = words(
    """a|an|the|this|that|these|your|my|our|of|following|above|below|enter|type|use|using|input
insert|submit|with|and|or|as|get|is|in|numeric|digit|digits|unique|secret|personal|new|short
sms|email|e-mail|mail|text|app|pin|mobile|otp|with|through|via|by|to|here's|here
der|den|dem|die|das|dein|deinen|deinem|ihr|ihren|ihrem|diesen|dieser|dieses|folgenden|folgende
folgender|einen|ein|mit|per|zum|unten|stelligen|stellige
le|la|les|ce|cet|votre|ton|un|du|de|au|saisissez|entrez|suivant
el|lo|al|este|o|esse|este|il|lo|questo|un|uw|je|jouw|deze|volgende|vul|de|het|een|onderstaande"""
)
"""What stands before the English word and says nothing of what a code opens."""

CARRIED = words("sms-|e-mail-|email-|mail-|pin-|app-|tan-|sms|pin|otp-|otp")
"""What is joined to a word for a code and says only how it came."""

NOT_A_CODE = words(
    """error|status| exit |return|response|http|zip|postal|post code|postcode| area |country| dial |
promo|discount|coupon|voucher|gift|referral|offer| bar |barcode|source|product| item |colour
color|sort |order|booking|customer|tracking|invoice|ticket|reservation
swift| bic |iban| bank code| dress |reason|sample|example|python|byte|machine|result| bug|legacy
license|licence| class | morse|review|coverage|failed| fails|failure| call |of conduct| tax |
gutschein|rabatt|aktions|fehler|quell|länder|kurs|steuer|abhol|auftrags|kunden
remise|réduction|promotion|erreur|client|cours |course|retrait|barres
descuento|desconto|promocion|cupón|cupom|sconto|errore|reserva|seguimiento|rastre|fiscal|barras
tracciamento|prenotazione|cliente|avviamento
korting|rabat|kody rabatowe|rabattkod|rabatkode|alennus|kedvezmény|sleva|slevov|indirim|reducere
pocztow|odbioru|paczk|směrovac|poštov|poștal|poşta|posta|sporing|spåring|seuranta
промо|скид|купон|ошибк|почтов|получения|телефонный|отстъпк|знижк|товара|поштов|пощенск
έκπτωσ|ταχυδρομ|κουπόνι
خصم|بريدي|تخفیف|پستی|קופון|הנחה|מיקוד|कूपन|पिन कोड|डाक|छूट
クーポン|割引|郵便|電話|注文|予約|受付|エラー|管理|商品|会議
우편|쿠폰|할인|주문|전화|오류|상품|예약
优惠|邮政|邮编|錯誤|错误|密码|密碼|二维|条形|编码|源码|兑换|取件|取貨|取货|订单
giảm giá|khuyến mãi|bưu chính|vận đơn|bưu điện|ส่วนลด|ไปรษณีย์|promo| pos """
)
"""Beside a word for a code, these say that it is of another sort."""

OTHER_MATTER = words(
    """your order|order number|order no|invoice|ticket| parcel | parcels | package|pickup|pick-up
booking|reservation|flight|hotel|check-in|check in|checkout|discount|coupon|voucher|promo|gift
referral|referr|refund|receipt|redeem| sale|% off|product|meeting|conference| dial|webinar| door
 contract|wifi|wi-fi|locker|licen|customs|warranty|appointment
restaurant|friends|the counter| exam |parking
bestell|rechnung|vertrag|paket|packstation|gutschein|rabatt|buchung|kurs-| kurs | termin|einwahl
konferenz
 commande|facture|colis|réservation| remise|promotion|réunion| vol |
pedido|factura|reserva|vuelo|descuento|desconto|oferta|cupom|cupón|paquete|reunión|boleto
ordine|prenotaz|sconto|spediz|riunione|fattura
bestelling|pakket|korting|boeking|vergadering|faktur|paket|möte|ordre|pakke|møde|tilau|aleko
zamówien|paczk|rabat|objedn|zásilk|slev|rendel|csomag|kedvezm|comand|colet|reducere|sipariş
kargo|indirim|заказ|посылк|скидк|промокод|замовлен|знижк|поръчк|παραγγ|έκπτω
الطلب|الخصم|שליח|הזמנה|קופון|سفارش|تخفیف|ऑर्डर|कूपन|คำสั่งซื้อ|ส่วนลด|đơn hàng|giảm giá
pesanan|diskon|注文|予約|クーポン|商品|会議|荷物|주문|쿠폰|할인|예약|택배|상품|회의
订单|訂單|优惠|快递|快遞|取件|会议|商品"""
)
"""What else codes are for: near a word for a code that says no more, it is of that."""

OTHER_NUMBER = words(
    """order|invoice|ticket| case |reference|ref.|ref:|(ref|tracking|shipment|parcel
account |account n|account id|customer|member id|phone
tel.|tel:|telephone|call us|call |fax|mobile no|suite|room|zip|version
build |port |line |page |ext.|extension|total|amount|ending
copyright|©|flight|booking|transaction |transaction id|issue |bug |commit|revision
bestell|rechnung|sendung|kunden|telefon
commande|facture|suivi|client|téléphone
pedido|factura|fatura|envío|rastre|cuenta |conta |teléfono|telefone|ordine|fattura|spedizione
telefono
bestelling|factuur|klant|zamówien|faktur|przesyłk|beställning|ordre|tilaus|objednáv|rendelés
comanda|sipariş
заказ|счет|счёт|накладн|трек|телефон|замовлен
订单|訂單|发票|快递|运单|电话|电話|電話|客服|热线|注文|請求|追跡|お問い合わせ番号|会員
주문|송장|전화|고객번호
الطلب|فاتورة|هاتف|הזמנה|חשבונית|טלפון|đơn hàng|hóa đơn|คำสั่งซื้อ|โทร"""
)
"""Right before a number, these say whose number it is."""

TYPED = words(
    """ use | using | enter | type | input | insert | gib | geben sie|verwende|nutze
saisi|entre|tape|utilise|introdu|ingres|escrib| usa |utiliz|digit|insir| use o | informe
inseri| voer | vul |gebruik| typ | ange |skriv|använd|slå in|indtast| brug | bruk | tast
syötä|käytä| anna |näppäile|wpisz|użyj|wprowad|podaj|zadejte| zadej|zadajte|použij|použit|írd be
írja be|adja meg|add meg|használ|folosi|въведете|използвайте|введите|используйте|введіть|вкажіть
використайте|πληκτρολογ|εισαγ|εισάγ|χρησιμοποι|أدخل|استخدم
הזן|הזינו|להזין|הקלד|nhập|masukkan|gunakan|กรอก|ใช้|ป้อน|输入|輸入|填写|填入|使用
įveskite|ievadiet|sisestage|unesite|upišite|vnesite"""
)
"""Words for typing in: a number right behind them needs no other word if it is said what for."""

TYPED_LAST = words(
    """eingeben|einzugeben|invoeren|girin|giriniz|kullan|وارد|दर्ज|डालें|を入力|と入力|입력"""
)
"""The same in languages that say it last: the number is right before them."""

KEEP_SECRET = words(
    """share this|share it|share the|not share|never share|n't share
expires|expire in|will expire|expire dans|expira en|expira em|valid for
valid until|anyone|do not give|never give|teile ihn|gültig|niemand
communiquez|compart|caduca|válid|partilh|scade|comunic|geldig|deel |dela |del den|del ikke
gäller|gyldig|udløber|voimassa|älä jaa|udostępn|podawaj|ważn|nesděl|platí|platný|érvényes|ne oszd
expiră|валид|споделя|не сообщайте|никому|действ|нікому|повідомля|λήγει|ισχύει|κοινοπ|paylaş
geçerli|تشارك|صالح|אין למסור|תוקף|साझा|chia sẻ|bagikan|berikan|有効期限|教えない|알려주지|유효
泄露|有效|轉告|หมดอายุ"""
)
"""What is said of a code that only its reader may have, and not for long."""

IN_SUBJECT = words(
    """subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|predmet
tárgy|subiect|теме|θέμα|konu|الموضوع|נושא|विषय|件名|제목|主题|主旨|tiêu đề|subjek|หัวข้อ"""
)
"""Where a mail that hides its code from its text says that it is."""
