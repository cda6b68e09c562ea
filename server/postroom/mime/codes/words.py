"""Words that tell a one-time code and a confirmation link, in many languages.

They are stems, folded as `fold` folds a text: lower case, without accents. A stem stands for every
ending, so that a language needs few. Whoever adds a language adds a line to each table, and a case
to the tests.
"""

import unicodedata

_FOLDED_BLOCKS = (
    range(0x41, 0x5B),  # A to Z
    range(0xC0, 0x250),  # Latin with marks
    range(0x370, 0x530),  # Greek, Cyrillic
    range(0x1E00, 0x1F00),  # Vietnamese
    range(0xFF10, 0xFF5B),  # full-width digits and letters
)


def _one(code: int) -> int:
    """The letter that a character is folded to: one for one, so that places stay what they are."""
    base = unicodedata.normalize("NFKD", chr(code))[0].lower()
    return ord(base) if len(base) == 1 else code


FOLDING = {code: _one(code) for block in _FOLDED_BLOCKS for code in block} | {
    ord("’"): ord("'"),
    0xA0: 0x20,
    0x131: ord("i"),  # the Turkish i without its dot
    0x142: ord("l"),  # the Polish l with a stroke
    0x3000: 0x20,
}

DIGITS = {
    code: ord("0") + digit
    for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10)  # Arabic to full-width
    for digit, code in enumerate(range(zero, zero + 10))
}
"""Digits of other scripts, as they are typed into a form."""


def fold(text: str) -> str:
    """``text`` in lower case without accents, of the same length."""
    return text.lower() if text.isascii() else text.translate(FOLDING)


def words(text: str) -> tuple[str, ...]:
    """The words of a table, folded: its lines and bars part them, and spaces belong to them."""
    return tuple(fold(word) for line in text.splitlines() for word in line.split("|") if word)


CODE = words(
    """code|passcode
códig|codic|cod de|codul
kód|kod |kods|kodas|kodu|kodun|kode|kood|koder
κωδικ
код
رمز|كود|کد
קוד
कोड|কোড
コード|番号
코드|번호
码|碼
รหัส
mã """
)
"""Words for a code of any sort."""

ONE_TIME = words(
    """ihre tan|mobile tan| tan:|one-time pass|one time pass|onetime pass|otp |otp:|(otp)
 pin |pin:|pin-code
security pin|login pin
einmalpasswort|einmalkennwort|mobiletan|einmal-pin
mot de passe à usage unique|mot de passe temporaire
contraseña de un solo uso|contraseña temporal|senha de uso único|clave dinámica|clave temporal
eenmalig wachtwoord|engangskode|engangspassord|engångskod|kertakäyttösalasana
hasło jednorazowe|jednorazowe hasło|jednorázové heslo
одноразовый пароль|одноразового пароля|пароль для входа
رمز التحقق|كلمة مرور لمرة واحدة
验证码|驗證碼|校验码|动态码|動態密碼|动态密码|确认码|確認碼|授权码|安全码
認証コード|確認コード|認証番号|確認番号|ワンタイムパスワード|セキュリティコード
인증번호|인증 번호|인증코드|인증 코드|확인코드|확인 코드|보안코드|보안 코드
mã otp|mã xác nhận|mã xác minh|รหัส otp|รหัสยืนยัน"""
)
"""Words for a code that is used once: they need no other beside them."""

PURPOSE = words(
    """verif|confirm|authenti|two-factor|2-step|two-step|2fa|mfa|one-time|one time
single-use|temporary
security|access code|login|log in|log-in|logging in|sign in|sign-in|signing in|sign up
sign-up|activat
registration|device code|magic code|reset|password|passwort|mot de passe|contraseñ|senha
wachtwoord|lösenord|salasana|heslo|jelszó|parol|şifre|hasł|logge ind|logge inn|logga in|logg inn
пароль|密码|密碼|パスワード|비밀번호|mật khẩu|kata sandi
bestätig|sicherheit|anmeld|einmal|freischalt|zugangs|registrier
vérif|sécurité|connexion|usage unique|accès|inscription|activer
acceso|inicio de ses|iniciar ses|iniciar a ses|segur|acesso|entrar|ativa|uso único
un solo uso|autent
verific|accesso|sicurezza|accedere|conferma|attiva
inlog|eenmalig|bevestig|beveilig|toegang
weryf|potwierdz|logowan|jednoraz|bezpiecz|zaloguj
bekräft|inlogg|engångs|säkerhet|bekreft|engangs|sikkerhet|verifis|bekræft|sikkerhed
vahvistus|kertak|kirjaut
ověř|potvrz|přihlá|over|potvrd|prihlás|jednoráz|ellenőrz|megerősít|belép|biztons
confirmare|autentificare|conectare|doğrula|onay|giriş|tek kullan|güvenlik
patvirtin|apstiprin|kinnitus|prijav
επαλήθευσ|επιβεβαίωσ|σύνδεσ|μιας χρήσ
подтвержд|проверочн|одноразов|безопасн|для входа|верифик|авториз|підтвер|одноразов|перевір
потвърж|потврд
تحقق|تأكيد|تسجيل الدخول|التفعيل|تایید|ورود
אימות|כניסה|חד פעמי|חד-פעמי|אבטחה
सत्यापन|लॉगिन|যাচাই
認証|確認|ログイン|ワンタイム|セキュリティ
인증|확인|로그인|보안
验证|驗證|校验|登录|登入|确认|確認|动态|注册|註冊
ยืนยัน|เข้าสู่ระบบ
xác nhận|xác minh|đăng nhập
verifikasi|konfirmasi|masuk|pengesahan"""
)
"""What a one-time code is for: a word for a code beside one of these is one."""

NOT_A_CODE = words(
    """error|status|exit|return|response|http|zip|postal|post code|postcode|area|country|dial
promo|discount|coupon|voucher|gift|referral|offer|bar|barcode|source|product|item|colour
color|sort
swift|bic|iban|bank|dress|reason|sample|example|python|byte|machine|result|bug|legacy
license|class
morse|op
gutschein|rabatt|aktions|fehler|quell|länder
remise|réduction|promotion|erreur
descuento|desconto|promocion|cupón|cupom|sconto|errore
korting|rabat|kody rabatowe|rabattkod|rabatkode|alennus|kedvezmény|sleva|slevov|indirim|reducere
промо|скид|купон|ошибк|почтов
خصم|קופון|הנחה
クーポン|割引|郵便|電話|注文|予約|受付|エラー|管理
우편|쿠폰|할인|주문|전화|오류
优惠|优惠码|折扣|邮政|邮编|错误|二维|条形|代码|编码|源码|兑换
giảm giá|khuyến mãi|bưu chính|ส่วนลด"""
)
"""Beside a word for a code, these say that it is of another sort."""

OTHER_NUMBER = words(
    """order|invoice|ticket|case|reference|ref.|ref:|tracking|shipment|parcel|account
customer|member id|phone
tel.|tel:|telephone|call us|call |fax|mobile|suite|room|zip|version|build|port|line|page
ext.|total|amount
copyright|©|flight|booking|transaction|issue|bug|bestell|rechnung|sendung|kunden|telefon
commande|facture|suivi|client|téléphone
pedido|factura|fatura|envío|rastre|cuenta|conta|teléfono|telefone|ordine|fattura|spedizione
telefono
bestelling|factuur|klant|zamówien|faktur|przesyłk|beställning|ordre|tilaus|objednáv|rendelés
comanda|sipariş
заказ|счет|счёт|накладн|трек|телефон|замовлен
订单|訂單|发票|快递|运单|电话|电話|电话|客服|热线|注文|請求|追跡|電話|お問い合わせ番号|会員
주문|송장|전화|고객
الطلب|فاتورة|هاتف|הזמנה|חשבונית|טלפון|đơn hàng|hóa đơn|คำสั่งซื้อ|โทร"""
)
"""Right before a number, these say whose number it is."""

CONFIRMING = words(
    """confirm|verif|activat|validat|magic link|one-time link|sign in|sign-in|signin|log in
log-in|finish signing
complete your|complete registration|complete sign|set password|set your password
set a password|reset your password
reset password|reset my password|password-reset|join now|join team|join workspace
accept invit|accept the invit|join the team
opt in|opt-in
bestätig|verifizier|aktivier|anmelden|freischalt|passwort zurück|einladung annehmen
vérifi|activer|activez|valider|validez|se connecter|connectez-vous|réinitialis
verific|activar|active su|iniciar ses|inicia ses|validar|restablec|restaurar|ativar
ative sua|redefin|entrar na
conferma|verifica|attiva|accedi|reimposta|convalida
bevestig|verifieer|activeer|inloggen|wachtwoord opnieuw
potwierd|weryfik|aktywuj|zaloguj|zresetuj
bekräfta|verifiera|aktivera|logga in|bekreft|aktiver|bekræft|vahvista|aktivoi|kirjaudu
potvrd|potvrz|ověř|aktivuj|overi|megerősít|ellenőriz|aktivál|confirmă|activează|verifică
doğrula|onayla|etkinleştir|aktifleştir|giriş yap
επιβεβαι|επαληθ|ενεργοπο
подтверд|активир|верифиц|войти|сброс|підтверд|активув|увійти|потвърд
تأكيد|تفعيل|تحقق|تایید
אישור|אמת|אימות|הפעל
सत्यापित|पुष्टि
確認|認証|有効化|ログイン|登録を完了|本登録|再設定
인증|확인|활성화|로그인|재설정
验证|驗證|确认|確認|激活|啟用|登录|登入|重置密码|重設密碼
ยืนยัน|เปิดใช้งาน|xác nhận|xác minh|kích hoạt|verifikasi|konfirmasi|aktifkan"""
)
"""What a link says that confirms an address, a sign-up, a login or a new password."""

UNWANTED = words(
    """unsubscribe|opt-out|optout|opt out|preferences|manage your|notification settings
privacy|terms|policy|help center
support|contact us|view in browser|view online|view this email|was not you|wasn't you
was not me|wasn't me|did not request
didn't request|didn't sign|did not sign|report |cancel|abuse|faq|learn more|read more
abbestell|abmeld|datenschutz|impressum|nutzungsbedingungen|im browser|désabonn|désinscri
confidentialité|mentions légales
dar de baja|darse de baja|cancelar|privacidad|privacidade|descadastr|disiscri|annulla|afmeld
uitschrijv|rezygn|wypisz
avregistrer|avsluta pren|avmeld|afmeld|peruuta|odhlás|leiratkoz|dezabon|abonelikten|отпис
відпис|απεγγραφ
إلغاء|הסר|配信停止|配信解除|退会|登録解除|수신거부|수신 거부
退订|退訂|取消订阅|hủy đăng ký|berhenti berlangganan|ยกเลิก"""
)
"""What a link says that an agent does not need to sign up."""

DONE = words(
    """confirmed|verified|activated|validated|bestätigt|aktiviert|confirmé|activé|validé
confirmad
verificad|activad|confermat|attivat|bevestigd|potwierdzon|bekräftad|bekreftet|bekræftet
vahvistettu
potvrzen|potvrden|подтвержден|подтверждён|активирован|onaylandı|doğrulandı"""
)
"""Words of `CONFIRMING` that say that it is done already."""

NOT_YOU = words(
    """if not,|if this was not|if this wasn't|if it was not|if it wasn't|wenn nicht|falls nicht
si ce n'est pas|si no fuiste|si no has|se não foi|se non sei|als jij dit niet|jeśli to nie
если это не|如果不是|如果这不是|心当たりがない|본인이 아"""
)
"""Before a link that an agent who asked for the mail does not need."""


def shortest(stems: tuple[str, ...], ascii_only: bool = False) -> tuple[str, ...]:
    """The stems that hold no other one: a text that has any of all has one of these."""
    kept = [stem for stem in dict.fromkeys(stems) if stem.isascii() or not ascii_only]
    return tuple(one for one in kept if not any(two in one for two in kept if two != one))


def has_any(text: str, stems: tuple[str, ...]) -> bool:
    """Whether one of the stems is in ``text``."""
    for stem in stems:  # noqa: SIM110 - twice as fast as any(), and asked of every mail
        if stem in text:
            return True
    return False
