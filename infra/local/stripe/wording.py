"""The words of the hosted pages, in the four languages of the product."""

from __future__ import annotations

from .errors import Json
from .params import Params

LANGUAGES = ("zh", "en", "ja", "ko")
NAMES = {"zh": "中文", "en": "English", "ja": "日本語", "ko": "한국어"}

WORDS: dict[str, tuple[str, str, str, str]] = {
    "no_money": (
        "演示用，不会真的收钱",
        "Test only: no real money moves",
        "テスト用です。実際の支払いは発生しません",
        "테스트용입니다. 실제로 결제되지 않습니다",
    ),
    "to_pay": ("应付金额", "To pay", "お支払い金額", "결제 금액"),
    "how": ("怎么付？", "How would you like to pay?", "お支払い方法", "결제 수단"),
    "card": ("银行卡（测试卡号）", "Card (test numbers)", "カード(テスト番号)", "카드(테스트 번호)"),
    "wallet": ("手机钱包", "Wallet", "スマホ決済", "모바일 지갑"),
    "card_ok": ("付款成功", "Pays at once", "すぐに支払い完了", "바로 결제됩니다"),
    "card_declined": ("银行拒绝", "The bank declines", "カード会社が拒否", "카드사가 거절합니다"),
    "card_3ds": (
        "先做 3-D 验证，再付款",
        "Asks for 3-D Secure, then pays",
        "3D セキュア認証のあと支払い完了",
        "3D 보안 인증 후 결제됩니다",
    ),
    "card_other": ("其他测试卡号", "Another test card", "ほかのテストカード", "다른 테스트 카드"),
    "number": ("卡号", "Card number", "カード番号", "카드 번호"),
    "alipay": ("支付宝", "Alipay", "Alipay", "알리페이"),
    "wechat_pay": ("微信支付", "WeChat Pay", "WeChat Pay", "위챗페이"),
    "alipay_hint": (
        "转到支付宝的测试页",
        "Goes to a test page for Alipay",
        "Alipay のテスト画面に移動します",
        "알리페이 테스트 화면으로 이동합니다",
    ),
    "wechat_pay_hint": (
        "显示二维码和测试按钮",
        "Shows a QR code and test buttons",
        "QR コードとテスト用ボタンを表示します",
        "QR 코드와 테스트 버튼을 표시합니다",
    ),
    "email": ("邮箱（可不填）", "E-mail (optional)", "メールアドレス（任意）", "이메일(선택)"),
    "pay": ("支付", "Pay", "支払う", "결제하기"),
    "confirm_free": ("确认订单", "Confirm the order", "注文を確定", "주문 확정"),
    "cancel": (
        "取消并返回商家",
        "Cancel and go back to the shop",
        "取り消してショップに戻る",
        "취소하고 상점으로 돌아가기",
    ),
    "back_to_shop": ("返回商家", "Back to the shop", "ショップに戻る", "상점으로 돌아가기"),
    "complete": (
        "这笔订单已经付款",
        "This order has been paid",
        "この注文は支払い済みです",
        "이미 결제된 주문입니다",
    ),
    "expired": (
        "付款页面已过期",
        "This checkout has expired",
        "支払いページの有効期限が切れました",
        "결제 페이지가 만료되었습니다",
    ),
    "expired_hint": (
        "请回到商家重新下单。",
        "Please go back to the shop and order again.",
        "ショップに戻ってもう一度ご注文ください。",
        "상점으로 돌아가 다시 주문해 주세요.",
    ),
    "not_found": (
        "没有这个页面",
        "There is no such page",
        "ページが見つかりません",
        "페이지를 찾을 수 없습니다",
    ),
    "three_d": (
        "银行请您确认这笔付款",
        "Your bank asks you to confirm this payment",
        "カード会社による本人確認",
        "카드사 본인 확인",
    ),
    "alipay_ask": (
        "支付宝请您确认这笔付款",
        "Alipay asks you to confirm this payment",
        "Alipay での支払い確認",
        "알리페이 결제 확인",
    ),
    "wechat_ask": (
        "微信扫码付款",
        "Scan with WeChat to pay",
        "WeChat で読み取って支払う",
        "위챗으로 스캔하여 결제",
    ),
    "wechat_hint": (
        "这是测试二维码，请用下面的按钮代替扫码。",
        "This is a test code: use the buttons below instead of a phone.",
        "テスト用の QR コードです。スマートフォンの代わりに下のボタンを使ってください。",
        "테스트용 QR 코드입니다. 휴대폰 대신 아래 버튼을 사용하세요.",
    ),
    "agree": ("同意付款", "Authorise the payment", "支払いを承認", "결제 승인"),
    "refuse": ("拒绝付款", "Fail the payment", "支払いを拒否", "결제 거절"),
    "settled": (
        "这笔付款已经处理过了",
        "This payment has already been dealt with",
        "この支払いはすでに処理されています",
        "이미 처리된 결제입니다",
    ),
    "times": ("×", "×", "×", "×"),
    "index_lead": (
        "这里代替 Stripe，让本机上的嵩云不用任何账号就能走完付款、退款和通知的全过程。",
        "It stands in for Stripe, so that Songyun on this machine can pay, refund and be told of it"
        " without any account.",
        "Stripe の代わりです。アカウントなしで、このパソコンの嵩雲が支払い・返金・通知を行えます。",
        "Stripe를 대신합니다. 계정 없이도 이 컴퓨터의 쑹윈이 결제, 환불, 알림을 처리할 수 있습니다.",
    ),
    "recent": ("最近的付款", "Recent checkouts", "最近の支払い", "최근 결제"),
    "none_yet": ("还没有付款。", "None yet.", "まだありません。", "아직 없습니다."),
    "open": ("待付款", "open", "支払い待ち", "결제 대기"),
    "status_complete": ("已完成", "complete", "完了", "완료"),
    "status_expired": ("已过期", "expired", "期限切れ", "만료"),
    "paid": ("已付", "paid", "支払い済み", "결제됨"),
    "unpaid": ("未付", "unpaid", "未払い", "미결제"),
    "no_payment_required": ("免费", "free", "無料", "무료"),
}  # fmt: skip

_FAULTS: dict[str, tuple[str, str, str]] = {  # Chinese, Japanese, Korean; the English is Stripe's own
    "generic_decline": ("银行卡被拒绝。", "カードが拒否されました。", "카드가 거절되었습니다."),
    "card_declined": ("银行卡被拒绝。", "カードが拒否されました。", "카드가 거절되었습니다."),
    "insufficient_funds": ("银行卡余额不足。", "カードの残高が不足しています。", "카드 잔액이 부족합니다."),
    "card_velocity_exceeded": (
        "银行卡被拒绝：尝试过于频繁或超出限额。",
        "カードが拒否されました。利用回数または限度額を超えています。",
        "카드가 거절되었습니다. 사용 횟수 또는 한도를 초과했습니다.",
    ),
    "expired_card": ("银行卡已过期。", "カードの有効期限が切れています。", "카드 유효 기간이 지났습니다."),
    "incorrect_cvc": (
        "银行卡安全码不正确。",
        "セキュリティコードが正しくありません。",
        "보안 코드가 올바르지 않습니다.",
    ),
    "processing_error": (
        "处理银行卡时出错，请稍后再试。",
        "カードの処理中にエラーが発生しました。しばらくしてからお試しください。",
        "카드를 처리하는 중 오류가 발생했습니다. 잠시 후 다시 시도해 주세요.",
    ),
    "incorrect_number": (
        "卡号不正确。",
        "カード番号が正しくありません。",
        "카드 번호가 올바르지 않습니다.",
    ),
    "test_mode_live_card": (
        "银行卡被拒绝：这里只接受测试卡号。",
        "カードが拒否されました。ここではテスト用の番号しか使えません。",
        "카드가 거절되었습니다. 테스트 번호만 사용할 수 있습니다.",
    ),
    "payment_intent_authentication_failure": (
        "验证没有通过，请换一种付款方式再试。",
        "認証できませんでした。別の支払い方法をお試しください。",
        "인증하지 못했습니다. 다른 결제 수단을 사용해 주세요.",
    ),
    "payment_intent_payment_attempt_failed": (
        "付款没有成功，请再试一次。",
        "支払いに失敗しました。もう一度お試しください。",
        "결제하지 못했습니다. 다시 시도해 주세요.",
    ),
}  # fmt: skip


def word(key: str, *, language: str) -> str:
    """One phrase."""
    return WORDS[key][LANGUAGES.index(language)]


def fault(error: Json, *, language: str) -> str:
    """Why a payment failed: Stripe's own sentence, or its counterpart."""
    for key in (error.get("decline_code"), error.get("code")):
        if language != "en" and key in _FAULTS:
            return _FAULTS[key][("zh", "ja", "ko").index(language)]
    return str(error["message"])


def choose(*, accept: str, asked: str | None, locale: str | None) -> str:
    """The page's language: asked for, the session's locale, else the browser's first liking."""
    for wish in (asked, locale):
        if wish and wish[:2].lower() in LANGUAGES:
            return wish[:2].lower()
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), place, tag[:2].lower()))
        except ValueError:
            continue
    for _, _, tag in sorted(ranked):
        if tag in LANGUAGES:
            return tag
    return "en" if accept else "zh"


def asked_for(query: Json) -> str | None:
    """``?lang=``"""
    return Params(query).text("lang", longest=10)
