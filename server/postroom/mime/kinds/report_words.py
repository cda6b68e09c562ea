"""The words by which servers say that a mail did not arrive, as they are met in the wild.

They are looked for only in what is a report by its header or its parts already, or, in `TOLD`,
where the subject says it too: people write about returned mail as well.
"""

import re

RETURNED = re.compile(
    r"undeliver|delivery (?:status )?notif|delivery.{0,12}(?:fail|problem|error|delay|warning"
    r"|report)"
    r"|failure notice|fail(?:ed|ure).{0,20}deliver|returned? (?:mail|to sender|e-?mail)"
    r"|failed mail"
    r"|mail (?:delivery|failed|system error|could not|not )|returning.{0,12}to sender|bounced"
    r"|non.?deliver|(?:could|can|was|has)(?: ?not|n.t)(?: yet)?(?: been)?(?: be)? (?:deliver|sent"
    r"|send)"
    r"|not (?:been |yet been |be )?delivered|error sending|message status|message (?:delayed"
    r"|you sent)"
    r"|(?:rejected|refused|blocked).{0,20}mail|mail.{0,20}(?:rejected|refused|blocked)"
    r"|(?:not|n.t) (?:been )?able to deliver|unable to deliver|warning: (?:message|could)"
    r"|(?:un|not )known? (?:user|recipient|address)|(?:user|recipient|address|mailbox).{0,12}"
    r"(?:unknown|not found|unavailable|disabled|fail)|no such (?:user|recipient|mailbox)"
    r"|unzustellbar|nicht zugestellt|zustell.{0,20}(?:fehl|verz)|konnte nicht.{0,40}zugestellt"
    r"|non remis|non distribu|(?:échec|echec) de (?:la )?(?:remise|distribution|livraison)"
    r"|pas pu (?:être|etre).{0,12}(?:d[ée]livr|remis|distribu|achemin)|n.a pu être remis"
    r"|no se (?:puede|pudo|ha podido) entreg|no entregad|no se ha entregado|devuelt[oa]"
    r"|fallo.{0,12}entrega"
    r"|mancat[oa] (?:recapito|consegna)|impossibile (?:recapitare|consegnare)"
    r"|non (?:è stato )?recapitat"
    r"|niet (?:worden )?(?:bezorgd|afgeleverd)|onbestelbaar|niet.{0,20}bezorgd"
    r"|não (?:entregue|foi entregue|pôde ser entregue)|falha na entrega|mensagem devolvida"
    r"|kunde inte levereras|(?:ikke|inte).{0,12}lever|ej levererat|toimitus epäonnistui"
    r"|ei voitu toimittaa"
    r"|nie (?:dostarczono|można dostarczyć|została dostarczona)|niedostarcz|zwrot.{0,12}wiadomo"
    r"|nedoruč|nelze doručit|nepodařilo se doručit|kézbesíthetetlen|nem kézbesít|iletilemedi"
    r"|teslim edile"
    r"|не ?доставл|невозможно доставить|не удалось доставить|не може бути доставлен"
    r"|退信|无法(?:发送|投递|送达|传递)|投递失败|传输失败|傳遞失敗|無法(?:傳送|投遞|送達)|送信できません|配信(?:不能|できません|エラー|に失敗)"
    r"|届けられません|반송|전(?:달|송).{0,6}(?:실패|못)|배달.{0,6}(?:실패|못)",
    re.IGNORECASE,
)

TOLD = re.compile(
    r"\A(?:\W{0,4}(?:warning|attention|error)\W{1,3})?(?:undeliver|delivery (?:status notif|fail)"
    r"|fail(?:ed|ure).{0,12}"
    r"(?:deliver|notice)|failure notice|returned mail|mail (?:delivery|failed|could not be"
    r"|not deliv|system err)"
    r"|non.?delivery|could not deliver|message could not|unzustellbar|nicht zugestellt|non remis"
    r"|onbestelbaar"
    r"|no se pudo entregar|no entregado|mancato recapito|mancata consegna|não entregue|недоставл"
    r"|не доставл|退信)"
    r"|(?:non remis|delivery failed|undeliverable|not delivered|user unknown"
    r"|unknown user)\W{0,4}\Z",
    re.IGNORECASE,
)
"""A subject that says nothing else. "Re: Undelivered mail" is a person's."""

COPY = re.compile(
    r"^[\s>|*]{0,20}(?:--.{0,100}(?:copy|original|returned|unsent|message (?:header|text|body)"
    r"|body|headers)"
    r"|received: |return-path: |message-id: |x-[\w-]{1,40}: |original message"
    r"|the original message was rec"
    r"|(?:.{0,30})below this line|this is (?:a|the) copy|(?:the )?(?:message"
    r"|original) headers?.{0,30}follow"
    r"|old message:|--- message|(?:full )?headers of the (?:original|message)|original-?nachricht)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the returned mail, or a copy of its header, begins."""

BEFORE_NAMES = re.compile(
    r"following (?:recip|addre|user|e-?mail|person|destin)|did not reach|(?:failed|bad|invalid"
    r"|unknown) (?:recip|addre)"
    r"|recipients? (?:fail|did not|have not|could)|permanent fatal error|transient non-fatal"
    r"|(?:not|n.t)(?: yet)?(?: been)?(?: be)? (?:delivered|sent) to|(?:un|not )able to deliver"
    r"|unreachable for"
    r"|delivery (?:has )?failed (?:to|for)|delivery to the|problem delivering|folgende"
    r"|aux destinataires|siguiente"
    r"|seguent|volgende|następując|následující|följande|следующ|以下|다음|以下の",
    re.IGNORECASE,
)
"""What stands before the addresses that a report is about."""

OF_MAIL = re.compile(
    r"mail|messag|mensa[gj]|messaggi|courriel|correo|nachricht|bericht|meddeland|melding|besked"
    r"|viesti|wiadomo|zpráv|správ|üzenet|ileti|сообщени|письм|повідомл|листа?\b|μήνυμα|邮件|郵件"
    r"|メール|メッセージ|메일|메시지|رسالة|הודע",
    re.IGNORECASE,
)
"""What is returned is a mail, and no parcel."""

STILL_TRYING = re.compile(
    r"has not yet been|not yet (?:been )?deliver|(?:will|to) (?:keep|continue|be retried|retry"
    r"|try)|still (?:try|being)"
    r"|attempts? (?:will|to deliver.{0,40}will)|(?:message|mail|delivery)(?: \S{1,40})? (?:is "
    r"|has been |was )?delayed|"
    r"temporarily delayed|delay(?:ed)? \d|no action is required|need not resend"
    r"|do not (?:need to )?resend|warning message only"
    r"|could not send (?:message|mail) for|wird weiter|retard[ée]e?|weitere zustellversuche"
    r"|se seguirá intentando"
    r"|продолж|将继续|再試行",
    re.IGNORECASE,
)

GIVEN_UP = re.compile(
    r"giv(?:en|ing) up|gave up|fail(?:ed)? permanent|permanent(?:ly)? (?:fail|error|fatal)"
    r"|returned? to sender|has been returned|not going to try|too long in the queue"
    r"|in the queue too long",
    re.IGNORECASE,
)

DEAD = re.compile(
    r"(?:user|recipient|account|mailbox|address|addressee|alias)s?\b.{0,40}(?:unknown"
    r"|not? (?:found|exist|known|valid|listed)"
    r"|(?:does|do|did) ?n[o.]t exist|invalid|disabled|inactive|discontinued|suspended|closed"
    r"|deactivated|no longer)"
    r"|(?:unknown|invalid|no such|bad|non.?existent|not a valid|unrouteable|unroutable|undefined"
    r"|inactive|disabled) "
    r"(?:local |mail )?(?:user|recipient|account|mailbox|address|alias|part|host|domain"
    r"|destination)"
    r"|(?:does|do)(?: not|n.t) (?:exist|have an? .{0,20}account)|no (?:user|mailbox"
    r"|account)\b.{0,20}(?:here|by that|with that)"
    r"|not recogni[sz]ed|no longer (?:valid|available|active|here)"
    r"|host(?:name)? (?:or domain )?(?:name )?not found"
    r"|host unknown|unknown host|domain (?:name )?(?:not found|does not exist)"
    r"|mailbox unavailable|not our customer"
    r"|(?:destinatari[oa]|usuario|utilizador|utente|utilisateur|destinataire|empfänger|benutzer)"
    r"\b.{0,20}(?:desco|sconosc|inconnu|unbekannt|inválid|invalid)|no existe|n.existe pas"
    r"|não existe"
    r"|existiert nicht|non esiste|bestaat niet|nie istnieje|не существует|ha expirado|不存在",
    re.IGNORECASE,
)
"""Nobody is there, and a later try helps nothing."""

FULL = re.compile(
    r"quota|mailbox (?:is )?full|(?:mail)?box space|over.{0,12}(?:limit|storage)|(?:disk"
    r"|storage) (?:full|space|limit)"
    r"|mailbox size|too full|exceed(?:ed|s|ing).{0,30}(?:storage|space|allow)",
    re.IGNORECASE,
)

TIMED_OUT = re.compile(
    r"retry time.?out|time.?out exceeded|timed out|temp(?:orary)?[ _](?:failure|error|problem)"
    r"|temporarily|try again later",
    re.IGNORECASE,
)

POLICY = re.compile(
    r"spam|blocked|black.?list|blocklist|\bpolicy|\bdenied|prohibit|reputation|spf\b|dkim|dmarc"
    r"|virus|content|banned"
    r"|not (?:accepting|allowed|permitted)|relay"
    r"|\bsender (?:address|domain|verif|rejected|refused|unknown|not|denied)",
    re.IGNORECASE,
)
"""The refusal was of the sender or of the words: the mailbox may well be there."""
