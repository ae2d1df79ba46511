"""Mail of machines by its kind, and mail of people that looks a little like it; fields for `letters.mail`."""

from typing import Any

MACHINES: dict[str, tuple[str, dict[str, Any]]] = {
    "a vacation reply says so in its header": (
        "auto_reply", {"subject": "Re: Line down", "Auto_Submitted": 'auto-replied; owner-email="a@b.c"',
        "answers": "a@c"},
    ),
    "zimbra adds a comment to the header": ("auto_reply", {"Auto_Submitted": "auto-replied (zimbra; vacation)"}),
    "a vacation reply may have an empty return path": (
        "auto_reply", {"subject": "Automatic reply: Line down", "Return_Path": "<>", "Auto_Submitted": "auto-replied"},
    ),
    "exchange says it with two fields together": (
        "auto_reply", {"X_Auto_Response_Suppress": "All", "X_MS_Exchange_Inbox_Rules_Loop": "vera@vendor.example"},
    ),
    "an old marker is enough": ("auto_reply", {"X_Autoreply": "yes"}),
    "german subject without any header": ("auto_reply", {"subject": "Automatische Antwort: Leitung tot"}),
    "french subject without any header": ("auto_reply",
        {"subject": "=?utf-8?q?R=C3=A9ponse_automatique=C2=A0=3A?= Ligne"}),
    "spanish subject without any header": ("auto_reply", {"subject": "Respuesta automática: Línea"}),
    "portuguese subject without any header": ("auto_reply", {"subject": "Resposta automática: Linha"}),
    "italian subject without any header": ("auto_reply", {"subject": "Risposta automatica: Linea"}),
    "dutch subject without any header": ("auto_reply", {"subject": "Automatisch antwoord: Lijn"}),
    "polish subject without any header": ("auto_reply", {"subject": "Automatyczna odpowiedź: Łącze"}),
    "japanese subject without any header": ("auto_reply", {"subject": "自動応答: 回線"}),
    "turkish subject without any header": ("auto_reply", {"subject": "Otomatik yanıt: Hat"}),  # noqa: RUF001 - Turkish
    "russian subject without any header": ("auto_reply", {"subject": "Автоответ: линия"}),
    "a number and words of receipt make an acknowledgement": (
        "acknowledgement",
        {"subject": "Re: Line down [#4711]", "Auto_Submitted": "auto-replied",
        "body": "We have received your request."},
    ),
    "a german acknowledgement with the number in its text": (
        "acknowledgement",
        {"subject": "Ihre Anfrage", "Auto_Submitted": "auto-generated",
         "body": "Ihre Anfrage wurde unter der Nummer [#4711] erfasst."},
    ),
    "a japanese acknowledgement that says it was sent by a machine": (
        "acknowledgement", {"subject": "受付完了", "body": "このメールは自動送信です。お問い合わせを受け付けました。"},
    ),
    "a polish acknowledgement from an address that takes no answers": (
        "acknowledgement",
        {"sender": "noreply@vendor.example", "subject": "Zgłoszenie", "body": "Zgłoszenie zostało zarejestrowane."},
    ),
    "a delivery report": (
        "bounce",
        {"sender": "MAILER-DAEMON@mx.example", "subject": "Undelivered Mail Returned to Sender",
         "Content_Type": "multipart/report; report-type=delivery-status; boundary=b",
         "body": "--b\r\n\r\nsorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns\r\n\r\n"
                 "Action: failed\r\n\r\n--b--\r\n"},
    ),
    "a report of success is no bounce": (
        "report",
        {"sender": "MAILER-DAEMON@mx.example",
        "Content_Type": "multipart/report; report-type=delivery-status; boundary=b",
         "body": "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns\r\n\r\nAction: delivered\r\n"
                 "--b--\r\n"},
    ),
    "an old bounce without any report": ("bounce", {"sender": "Mail Delivery <mailer-daemon@mx.example>",
        "subject": "hm"}),
    "a bounce by its field": ("bounce", {"X_Failed_Recipients": "vera@vendor.example"}),
    "a german bounce": ("bounce", {"subject": "Unzustellbar: Leitung", "Return_Path": "<>"}),
    "a read receipt": (
        "report", {"subject": "Gelesen: Leitung",
        "Content_Type": "multipart/report; report-type=disposition-notification"},
    ),
    "an abuse report": ("report", {"Content_Type": "multipart/report; report-type=feedback-report; boundary=x"}),
    "an invitation": ("calendar", {"Content_Type": "text/calendar; method=REQUEST"}),
    "an invitation in parts": (
        "calendar",
        {"Content_Type": "multipart/alternative; boundary=b",
         "body": "--b\r\n\r\nwords\r\n--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:\r\n--b--\r\n"},
    ),
    "a newsletter": (
        "list", {"List_Unsubscribe": "<https://x.example>", "List_Unsubscribe_Post": "List-Unsubscribe=One-Click"},
    ),
    "a mailing of the sort called bulk": ("list", {"Precedence": "bulk", "List_Id": "<news.vendor.example>"}),
    "our own alert": ("report", {"X_Syncd": "notice"}),
    "a vacation reply in brackets before the subject that it answers": (
        "auto_reply", {"subject": "[Automatische Antwort] Leitung tot", "Precedence": "junk"},
    ),
    "a subject that says auto, and words of absence": (
        "auto_reply", {"subject": "AUTO: Vera Vendor, back on Monday", "body": "I am out of the office until Monday."},
    ),
    "an automatic mail that nobody can answer is an answer": (
        "auto_reply", {"subject": "Many thanks", "Return_Path": "<>", "Precedence": "bulk", "body": "I read it soon."},
    ),
    "a generated mail that follows another is an answer": (
        "auto_reply", {"subject": "Line down", "Auto_Submitted": "auto-generated", "answers": "a@c"},
    ),
    "exchange names what its rules answer to": (
        "auto_reply",
        {"subject": "Thanks", "Auto_Submitted": "auto-generated", "X_MS_Exchange_Parent_Message_Id": "<a@c>"},
    ),
    "an answer without a return path and without any other sign": (
        "auto_reply", {"subject": "Re: Line down", "Return_Path": "<>"},
    ),
    "a generated mail that begins something is a report": (
        "report", {"subject": "Usage in March", "Auto_Submitted": "auto-generated"},
    ),
    "a subject in brackets that says that it was generated": (
        "report", {"subject": "[Auto-Generated] Usage in March"},
    ),
    "a mail system that gives a name and no address": (
        "bounce", {"sender": "MAILER-DAEMON (Mail Delivery System)", "subject": "About your mail"},
    ),
    "a mail system with its name for an address": (
        "bounce", {"sender": '<"System Administrator"@vendor.example>', "subject": "About your mail"},
    ),
    "a postmaster who is spelled with a line": ("bounce", {"sender": "post_master@vendor.example", "answers": "a@c"}),
    "a bounce that a mailing list passed on": (
        "bounce",
        {"sender": "gateway7@vendor.example", "subject": "Mail could not be delivered", "Precedence": "bulk",
         "List_Id": "<noc.vendor.example>", "Content_Type": "multipart/mixed; boundary=b",
         "body": "--b\r\n\r\nsorry\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <a@c>\r\n\r\nx\r\n"
                 "--b--\r\n"},
    ),
    "a bounce in words from an address that takes no answers": (
        "bounce",
        {"sender": "no-reply@vendor.example", "subject": "Notice", "Content_Type": "multipart/mixed; boundary=b",
         "body": "--b\r\n\r\nYour mail could not be delivered: mailbox full.\r\n--b\r\n"
                 "Content-Type: message/rfc822\r\n\r\nMessage-ID: <a@c>\r\n\r\nx\r\n--b--\r\n"},
    ),
    "a complaint that only encloses what it is about": (
        "report",
        {"subject": "complaint about message from 192.0.2.9", "Content_Type": "multipart/mixed; boundary=b",
         "body": "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <a@c>\r\n\r\nx\r\n--b--\r\n"},
    ),
    "a digest of an old list": ("list", {"sender": "noc-request@vendor.example", "X_Mailman_Version": "2.0"}),
    "a mailing of a list that takes no posts": (
        "list", {"List_Unsubscribe": "<https://x.example>", "List_Post": "NO (only we write here)"},
    ),
    "an automatic reply behind a ticket's number": ("auto_reply", {"subject": "[acme #7] [noc] AutoReply: Line down"}),
    "a program that writes in a tracker": (
        "list",
        {"sender": "coverage[bot] <notifications@tracker.example>", "subject": "Re: [app] Line down (#7)",
         "answers": "a@c", "Precedence": "list", "List_Id": "<app.tracker.example>",
         "List_Post": "<mailto:reply@tracker.example>"},
    ),
}  # fmt: skip

PEOPLE: dict[str, dict[str, Any]] = {
    "a plain answer": {"subject": "Re: Line down"},
    "a person on a mailing list": {
        "Precedence": "list", "List_Id": "<noc.vendor.example>", "List_Post": "<mailto:noc@vendor.example>",
        "List_Unsubscribe": "<mailto:x@vendor.example>",
    },
    "a person who answers on an old list that calls everything bulk": {
        "subject": "Re: Line down", "Precedence": "bulk", "X_Loop": "vendor.example",
    },
    "a person who answers on such a list, whose name stands before the answer's prefix": {
        "subject": "[noc] [ext.] AW: Line down", "Precedence": "bulk", "List_Post": "<mailto:noc@vendor.example>",
    },
    "a person who asks on a list about automatic replies": {"subject": "[noc] Automatic reply: who turned it on?"},
    "a person who suppresses automatic answers": {"X_Auto_Response_Suppress": "All"},
    "a header that says that it is not automatic": {"Auto_Submitted": "no", "X_Autoreply": "no"},
    "a person who says that the request was received": {"body": "We have received your request, I am on it. Vera"},
    "a person who quotes an automatic mail": {
        "subject": "Re: Eingangsbestätigung [#4711]",
        "body": "Done.\r\n\r\n> Dies ist eine automatisch generierte Nachricht.\r\n> Ihre Anfrage wurde erfasst.",
    },
    "a person who tells of a vacation": {"body": "I am out of the office next week, Bob takes over. The fix is in."},
    "a person who plans vacations": {"subject": "Urlaub: wer vertritt mich beim Umbau?", "body": "Hallo, wer?"},
    "a person who answers a vacation reply": {"subject": "Re: Automatic reply: Line down"},
    "a person who forwards a bounce": {"subject": "Fwd: Undelivered Mail Returned to Sender", "body": "What is this?"},
    "a person who speaks german": {"subject": "AW: Leitung", "body": "Guten Tag, wir haben Ihre Anfrage geprüft."},
    "a person without any words": {"body": ""},
    "a person who sends a mail on as a file": {
        "subject": "That mail", "Content_Type": "multipart/mixed; boundary=b",
        "body": "--b\r\n\r\nIt could not be delivered, why?\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
                "Message-ID: <a@c>\r\n\r\nx\r\n--b--\r\n",
    },
    "a person who writes about a car": {"subject": "Auto: Winterreifen", "body": "Hallo, wann?"},
    "a person who puts tags before a subject": {"subject": "[auto] [update] Line down"},
    "a person who asks for a receipt": {"Disposition_Notification_To": "vera@vendor.example"},
}  # fmt: skip
