"""What a link can be for, as a thing and what is done with it, in many languages.

Neither says enough alone: newsletters speak of passwords, and every shop says "new". Both in one
sentence do. A line is a language: the thing's stems, a colon, the stems of what is done.
Whoever adds a language adds a line to each table, and a mail to `tests/mime/link_mail.jsonl`.
"""

from postroom.mime.codes.folding import has_any, words

Purpose = tuple[tuple[str, ...], tuple[str, ...]]
"""Stems of a thing, and of what is done with it."""


def _purposes(table: str) -> tuple[Purpose, ...]:
    lines = (line.partition(":") for line in table.strip().splitlines())
    return tuple((words(thing), words(done)) for thing, _, done in lines)


PASSWORD = _purposes(
    """
password|passcode:new |reset|choos|set |chang|pick|creat|forgot|recover|nuov|scegl|reimp|cambi
passwort|kennwort|passwörter:neu|zurück|änder|vergess|vergeb|festleg|wähl|setz|erstell
mot de passe|mots de passe:nouveau|chang|choisi|oubli|réinit|cré|défin|modifi
contraseña|clave:nuev|cambi|restab|elig|eleg|olvid|cre|recuper
senha|palavra-passe:nov|troc|redef|mud|esquec|alter|cri|escolh|recuper
wachtwoord:nieuw|wijzig|kies|vergeten|opnieuw|herstel|instel
hasł:now|zmian|zmień|ustaw|reset|zapomn|odzysk
lösenord:nytt|nya|byt|välj|återst|glömt|ändra|skapa
adgangskode|passord|kodeord:ny|skift|nulstil|vælg|velg|glemt|endre|ændr|tilbakestill|opret
salasan:uusi|uuden|vaih|valit|unohd|nollaa|palaut
hesl:nov|obnov|nastav|změn|zmen|zapom|zvol
jelsz:új|visszaáll|megvált|elfelejt|módos
parol:nou|reset|schimb|uitat|aleg
şifre|parola:yeni|sıfırla|değiş|oluştur|unut|belirle
парол:нов|смен|сброс|восстан|забы|задат|задай|созда|измени|створ|змін|віднов|забул|скидан
κωδικ:νέ|επαναφ|ξεχ|αλλα|ορίσ
パスワード:新|再|変更|忘|リセット
비밀번호:새|재설정|변경|잊|초기화
密码|密碼:新|重|改|忘|找回
كلمة المرور|كلمة مرور|كلمة السر|رمز عبور:جديد|تعيين|نسي|تغيير|استعاد
סיסמ:חדש|איפוס|שכח|שינוי|לאפס
mật khẩu:mới|đặt lại|đổi|quên
kata sandi|password:baru|ulang|ubah|lupa|reset
पासवर्ड:नया|रीसेट|भूल|बदल
รหัสผ่าน:ใหม่|รีเซ็ต|ลืม|เปลี่ยน
"""
)
INVITATION = _purposes(
    """
invit:accept|join
einlad|eingelad:annehm|annimm|beitret|akzept|mitmach|teilnehm
invit:accept|rejoin
invit:acept|unir|únete
convit|convid:aceit|entrar|particip
invit:accett|unisci|partecip
uitnod|nodig:accept|deelnem|lid word|aannem
zapro|zaprasz:akcept|dołącz|przyjm|przyjąć
inbjud|bjudit|bjöd:accept|gå med|tacka ja
invit|indbyd:accept|deltag|godta|bli med
kuts:hyväksy|liity
pozv:přij|přip|prij|prip
davet:kabul|katıl
приглаш|запро:приня|присоед|прийн|приєдн|вступ
招待:承諾|参加|承認|受け
초대:수락|참여|가입
邀请|邀請:接受|加入
دعوة|دعاك|دعتك:قبول|انضم
הזמנ|הזמין:קבל|הצטרפ|אישור
mời:chấp nhận|tham gia
undang:terima|gabung
"""
)
ENTERING = _purposes(
    """
link:sign in|sign-in|signing in|log in|log-in|login|magic|access
link:anmeld|einlogg|login|zugang
lien:connexion|connect|accès|accéd
enlace|link:acceso|acced|entrar|iniciar|inicio de ses
link:acess|entrar|login
link|collegamento:access|acced|entra
link|koppeling:inlog|aanmeld
link|odnośnik:logow|zalog
länk:inlogg|logga in
link|lenke:log ind|logg inn|login
linkki|linkin:kirjaud
odkaz:přihl|prihl
bağlantı|link:giriş
ссылк|посилан:вход|войти|войд|увійти|вход|вхід
リンク:ログイン|サインイン
링크:로그인
链接|連結|鏈接:登录|登入
رابط:دخول
קישור:כניסה|התחבר
liên kết:đăng nhập
tautan|link:masuk|login
"""
)
ADDRESS = _purposes(
    """
e-mail|email|address|account:confirm|verif|activat|validat|chang
e-mail|mail-adresse|adresse|konto|registrierung|anmeldung:bestätig|verifiz|aktivier|änder
e-mail|adresse|compte|inscription:confirm|vérif|activ|valid|chang
correo|cuenta|e-mail|email|dirección|registro:confirm|verific|activ|valid|cambi
e-mail|email|conta|endereço|cadastro:confirm|verific|ativ|valid|alter|troc|mud
e-mail|email|indirizzo|account|registrazione:conferm|verific|attiv|convalid|cambi|modific
e-mail|account|adres|registratie:bevestig|verifi|activ|wijzig
e-mail|adres|kont|rejestrac:potwierd|weryf|aktyw|zmian|zmień
e-post|konto|adress:bekräft|verifi|aktiv|byt|ändr|bekreft|endr
e-mail|konto|adresse:bekræft|verifi|aktiv|ændr|skift
sähköposti|tili:vahvist|aktivoi|vaih
e-mail|účet|účt|adres:potvr|ověř|over|aktiv|změn|zmen
e-posta|hesap|hesab:doğrul|onay|etkin|değiş
почт|адрес|аккаунт|пошт|акаунт|запис|регистр:подтв|подтверж|верифик|актив|смен|измен|підтв|змін
メールアドレス|アカウント|会員登録:確認|認証|有効|変更
이메일|계정|메일:인증|확인|활성|변경
邮箱|邮件|账号|账户|郵箱|帳號|帳戶:验证|驗證|确认|確認|激活|啟用|更改|修改|更换
بريد|حساب:تأكيد|تفعيل|تحقق|تغيير
דוא|אימייל|חשבון:אישור|אימות|הפעל|שינוי
email|tài khoản:xác nhận|xác minh|kích hoạt|đổi
email|akun:verifik|konfirm|aktif|ubah
"""
)
EVENT = words(
    """meeting|webinar|event|zoom|conference call|besprechung|veranstalt|réunion|événement
reunión|reunião|evento|riunione|vergader|spotkani|möte|møde|møte|kokous|schůzk|toplantı|встреч
вебинар|会議|ミーティング|회의|会议|會議|اجتماع|cuộc họp|rapat"""
)
"""To which one is invited as well, but into which nobody signs up."""


def names(text: str, purposes: tuple[Purpose, ...]) -> bool:
    """Whether ``text``, folded, names a thing and what is done with it."""
    return any(has_any(text, thing) and has_any(text, done) for thing, done in purposes)


def takes_part(said: str, around: str, purposes: tuple[Purpose, ...]) -> bool:
    """Whether ``said`` has one half of a purpose, and the other stands there or ``around``."""
    whole = f"{said} {around}"
    for thing, done in purposes:
        halves = has_any(said, done) or has_any(said, thing)
        if halves and has_any(whole, thing) and has_any(whole, done):
            return True
    return False
