"""Words that tell a confirmation link, in many languages.

They are stems, folded as `fold` folds a text. A stem stands for every ending, so that a language
needs few. Whoever adds a language adds a line to each table, and a case to the tests.
"""

from postroom.mime.codes.folding import words

CONFIRMING = words(
    """confirm|verif|activat|validat|magic link|one-time link|sign in|sign-in|signin|log in
log-in|finish signing
complete your|complete registration|complete sign|set password|set your password
set a password|reset your password
reset password|reset my password|password-reset|join now|join team|join workspace
accept invit|accept the invit|join the team
opt in|opt-in
bestätig|verifizier|aktivier|anmelden|einlogg|freischalt|passwort zurück|einladung annehmen
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

LEAVING = words(
    """unsubscri|unsubscribe|opt-out|optout|opt out|abbestell|abmeld|désabonn|désinscri|dar de baja
darse de baja|la baja|tu baja|su baja|descadastr|disiscri|afmeld|uitschrijv|rezygn|wypisz
avregistrer|avsluta pren|avmeld|peruuta|odhlás|leiratkoz|dezabon|abonelikten|отпис|відпис|απεγγραφ
הסר|配信停止|配信解除|退会|登録解除|수신거부|수신 거부|退订|退訂|取消订阅|hủy đăng ký
berhenti berlangganan"""
)
"""What a link says that ends a subscription; some ask whether that is meant."""

UNWANTED = (
    *LEAVING,
    *words(
        """preferences|manage your|notification settings|privacy|terms|policy|help center|support
contact us|view in browser|view online|view this email|was not you|wasn't you|was not me|wasn't me
did not request|didn't request|didn't sign|did not sign|report |cancel|abuse|faq|learn more
read more|datenschutz|impressum|nutzungsbedingungen|im browser|confidentialité|mentions légales
cancelar|privacidad|privacidade|annulla|إلغاء|ยกเลิก"""
    ),
)
"""What a link says that an agent does not need to sign up."""

DONE = words(
    """confirmed|verified|activated|validated|bestätigt|aktiviert
confirmé |activé |validé |confirmée |activée |validée |confirmad
verificad|activad|confermat|attivat|bevestigd|potwierdzon|bekräftad|bekreftet|bekræftet
vahvistettu
potvrzen|potvrden|подтвержден|подтверждён|активирован|onaylandı|doğrulandı
was changed|has changed|has been changed|been reset|was reset|geändert|a été modifié|a été changé
ha cambiado|ha sido cambiad|foi alterad|è stata|è stato|is gewijzigd|została zmienion|zostało zmien
har ändrats|er ændret|er endret|on vaihdettu|bylo změněn|değiştirildi|изменён|изменен|змінено
変更されました|変更しました|변경되었|已更改|已修改"""
)
"""Words that say that it is done already; those with a space at the end are whole words."""

POINTING = words(
    """here|link|click|button|below|following|hier|unten|folgend|ci-dessous|suivant|ici|aquí|enlace
abajo|siguient|abaixo|seguint|sotto|seguent|onderstaand|volgend|poniż|nedan|följande|nedenfor
seuraav|níže|aşağı|bağlantı|ссыл|ниже|посил|нижче|以下|下記|次の|こちら|アクセス|아래|다음|링크|下面
链接|連結|点击|點擊|رابط|أدناه|dưới|liên kết|tautan|berikut|κάτω|σύνδεσμ|קישור|नीचे|ลิงก์|ด้านล่าง"""
)
"""In a sentence that leads to the link below it, though it ends before."""

NOT_YOU = words(
    """if not,|not you|wasn't you|weren't you|it wasn't|not make this|not do this|not recogni
if you did not|if you didn't|nicht waren|nicht sie|das nicht|wenn nicht|falls nicht|waren sie nicht
pas vous|pas toi|pas à l'origine|n'êtes pas|n'avez pas|no fuiste|no has|no reconoc|no eras
não foi|não reconhec|se non sei|non sei stat|non hai|dit niet|niet was|to nie ty|nie ty
inte du|inte var|ikke dig|ikke deg|ikke var|et sinä|etkö|nejste|jste to ne|siz değil|sen değil
не вы|не ви|не ты|心当たり|覚えのない|본인이 아|不是您|不是你|如果不是|如果这不是|非本人|لم تكن
لست|không phải bạn|bukan anda|לא אתה|אם לא|δεν ήσ|δεν ήταν|आप नहीं|ไม่ใช่คุณ"""
)
"""In the sentence before a link that an agent who asked for the mail does not need."""

NOTHING_TO_DO = words(
    """ignor|disregard|do nothing|not do anything|no action|delete this|nichts tun|löschen
pas compte|hagas caso|desconsider|negeer|bortse|se bort|無視|破棄|무시|忽略|игнор|удалите|تجاهل
bỏ qua|abaikan"""
)
"""In such a sentence that leads to no link, but only calms."""

ABOUT = words(
    """ read | article| how to | why | guide| tips | blog| story| stories| webinar| discover
 lesen|artikel|ratgeber| erfahr| wie sie | wie du | warum
 lire | lisez|découvr| comment | pourquoi | leer | lee |artícul| descub| cómo | por qué |
 artigo| ler | leia | descobr| como | leggi|articol| scopri| lees | waarom | hoe | läs | læs | les |
 hvordan | hur | lue | miten |czytaj|artyku| jak |článek|článk| číst| olvas| cikk| citește
 читать| статья| статью| прочит| почему | как | читати| прочети|άρθρο| oku |makale| nasıl
اقرأ|مقال|קרא|מאמר|लेख|पढ़|記事|読む|方法
기사|방법|阅读|文章|如何|閱讀|bài viết| đọc |baca |artikel|อ่าน"""
)
"""What a link says that leads to something to read about what the other words name."""
