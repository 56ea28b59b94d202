"""What the columns of a log are called in languages other than English.

German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Turkish, Russian, Japanese,
Chinese, Korean, Thai and Indonesian, written as :func:`journey.ingest.columns.synonyms.plain` does;
accents may be left out.
"""

from typing import Final

NAMES: Final[dict[str, str]] = {
    "account_id": """
        firma unternehmen kunde konto kunden_konto kontonummer firmenname vorgang fall fall_id
        fallnummer entreprise société compte nom_du_compte dossier empresa cuenta compañía
        caso expediente azienda società conto caso_id pratica conta bedrijf bedrijfsnaam
        account_naam zaak dossier_id firma_klienta konto_klienta przedsiębiorstwo sprawa
        företag företagsnamn ärende şirket hesap firma_adi компания организация аккаунт счёт
        счет дело 会社 会社名 企業 企業名 アカウント 取引先 取引先名 案件 公司 客户 公司名称 企业
        账户 帐户 账号 客户公司 公司名稱 帳戶 회사 회사명 기업 계정 거래처 บริษัท บัญชี
        องค์กร perusahaan akun nama_perusahaan
    """,
    "person_id": """
        kunden_id kundennummer kundennr kunden_nr e_mail_adresse nutzer nutzer_id
        benutzer benutzer_id kontakt ansprechpartner client identifiant_client numéro_client
        id_client courriel adresse_e_mail utilisateur id_utilisateur cliente id_cliente
        cliente_id número_de_cliente correo correo_electrónico usuario id_usuario contacto
        contatto codice_cliente utente id_utente posta_elettronica contato usuário
        utilizador código_do_cliente klant klant_id klantnummer gebruiker klient klient_id
        id_klienta numer_klienta użytkownik kund kund_id kundnummer användare epost e_post
        müşteri müşteri_id müşteri_no kullanici e_posta клиент id_клиента ид_клиента
        пользователь почта эл_почта электронная_почта покупатель 顧客 顧客id 顧客番号 お客様
        会員id 会員番号 ユーザー ユーザーid メール メールアドレス 客户id 客户编号 用户
        用户id 会员id 会员编号 邮箱 电子邮件 客戶 客戶編號 客戶id 會員編號 用戶 用戶id
        電子郵件 고객 고객id 고객번호 회원 회원id 회원번호 사용자 사용자id 이메일 ลูกค้า
        รหัสลูกค้า ผู้ใช้ อีเมล สมาชิก pelanggan id_pelanggan pengguna id_pengguna surel
    """,
    "touchpoint": """
        aktivität aktivitaet ereignis vorgangsart vorgang aktion schritt kontaktart ereignistyp
        activité événement évènement type_d_événement action_type étape actividad evento
        acción tipo_de_evento interacción attività azione tipo_evento interazione atividade
        ação interação etapa activiteit gebeurtenis actie zdarzenie aktywność czynność
        działanie händelse aktivitet åtgärd olay etkinlik aktivite işlem событие действие
        активность операция тип_события イベント イベント名 アクティビティ 行動 活動
        アクション 事件 事件名称 事件类型 活动 行为 行为类型 触点 操作 接触点 事件名稱
        事件類型 動作 行為 이벤트 이벤트명 활동 행동 액션 เหตุการณ์ กิจกรรม การกระทำ
        kejadian aktivitas kegiatan peristiwa aksi
    """,
    "occurred_at": """
        zeitstempel zeitpunkt datum zeit datum_uhrzeit datum_und_uhrzeit erstellt_am
        erstellungsdatum uhrzeit date_heure date_et_heure horodatage date_de_création heure
        fecha fecha_hora fecha_y_hora marca_de_tiempo fecha_de_creación hora data_ora
        data_e_ora data_creazione ora data_hora data_e_hora data_de_criação tijdstip
        datum_tijd datum_en_tijd aangemaakt_op tijd data data_i_godzina czas znacznik_czasu
        data_utworzenia godzina tidpunkt tidsstämpel tid datum_och_tid skapad tarih
        tarih_saat zaman oluşturma_tarihi saat дата время дата_и_время дата_время
        дата_события дата_создания 日時 日付 発生日時 登録日時 作成日時 作成日 時刻 日期
        时间 日期时间 发生时间 创建时间 事件时间 时间戳 日期時間 發生時間 建立時間 時間 날짜
        일시 시간 일자 발생일시 등록일시 생성일시 วันที่ วันเวลา เวลา วันที่และเวลา tanggal
        waktu tanggal_waktu
    """,
    "channel": """
        kanal vertriebskanal marketingkanal canal canal_marketing canale kanaal kanał канал
        チャネル チャンネル 流入元 渠道 来源渠道 管道 通路 渠道名稱 채널 유입경로 ช่องทาง
        saluran
    """,
    "campaign": """
        kampagne kampagnenname campagne nom_de_la_campagne campaña nombre_de_la_campaña
        campagna campanha kampania kampanj kampanya кампания キャンペーン キャンペーン名
        活动名称 广告系列 推广计划 廣告活動 캠페인 캠페인명 แคมเปญ kampanye
    """,
    "cost": """
        kosten ausgaben coût coûts dépenses coste gasto costo spesa custo gastos uitgaven
        koszt kostnad maliyet harcama расход расходы стоимость 費用 コスト 花费 成本 花費
        비용 ค่าใช้จ่าย biaya
    """,
    "comment": """
        kommentar kommentare bemerkung bemerkungen anmerkung rückmeldung commentaire commentaires
        remarque avis comentario comentarios opinión observaciones commento commenti recensione
        comentário comentários opinião opmerking opmerkingen reactie komentarz opinia kommentarer
        yorum комментарий отзыв コメント 评论 评价 留言 評論 댓글 의견 ความคิดเห็น komentar ulasan
    """,
    "value": """
        umsatz betrag wert auftragswert preis summe montant chiffre_d_affaires valeur
        importe valor monto ingresos importo valore fatturato ricavo bedrag omzet waarde
        kwota wartość przychód belopp intäkt värde tutar gelir сумма выручка 金額 売上
        売上金額 金额 销售额 订单金额 銷售額 訂單金額 금액 매출 매출액 จำนวนเงิน ยอดขาย
        มูลค่า jumlah nilai pendapatan
    """,
}
"""Headers by role, parted by blanks."""
