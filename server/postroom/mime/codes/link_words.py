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
