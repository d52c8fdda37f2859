"""Words the sample is made of, as pairs (zh-Hant, English); all people and firms are invented."""

from __future__ import annotations

SURNAMES = [
    ("陳", "Chen"), ("林", "Lin"), ("黃", "Huang"), ("張", "Chang"), ("李", "Lee"),
    ("王", "Wang"), ("吳", "Wu"), ("劉", "Liu"), ("蔡", "Tsai"), ("楊", "Yang"),
    ("許", "Hsu"), ("鄭", "Cheng"), ("謝", "Hsieh"), ("郭", "Kuo"), ("洪", "Hung"),
    ("曾", "Tseng"), ("邱", "Chiu"), ("廖", "Liao"), ("賴", "Lai"), ("周", "Chou"),
    ("徐", "Shyu"), ("蘇", "Su"), ("葉", "Yeh"), ("江", "Chiang"), ("呂", "Lu"),
]  # fmt: skip
GIVEN = [
    ("怡君", "Yi-Chun"), ("志明", "Chih-Ming"), ("淑芬", "Shu-Fen"), ("家豪", "Chia-Hao"),
    ("雅婷", "Ya-Ting"), ("俊傑", "Chun-Chieh"), ("美玲", "Mei-Ling"), ("建宏", "Chien-Hung"),
    ("佩珊", "Pei-Shan"), ("文雄", "Wen-Hsiung"), ("詩涵", "Shih-Han"), ("冠宇", "Kuan-Yu"),
    ("麗華", "Li-Hua"), ("承翰", "Cheng-Han"), ("欣怡", "Hsin-Yi"), ("宗翰", "Tsung-Han"),
    ("惠雯", "Hui-Wen"), ("柏翰", "Po-Han"), ("靜宜", "Ching-Yi"), ("明哲", "Ming-Che"),
    ("心怡", "Hsin-I"), ("國華", "Kuo-Hua"), ("筱涵", "Hsiao-Han"), ("彥廷", "Yen-Ting"),
    ("玉珍", "Yu-Chen"), ("振宇", "Chen-Yu"), ("思穎", "Szu-Ying"), ("育誠", "Yu-Cheng"),
]  # fmt: skip
FIRM_HEADS = [
    ("宏遠", "Hongyuan"), ("台光", "Taiguang"), ("新銳", "Xinrui"), ("長榮昇", "Changrongsheng"),
    ("聯豐", "Lianfeng"), ("正新達", "Zhengxinda"), ("金鼎", "Jinding"), ("昱晟", "Yusheng"),
    ("德馨", "Dexin"), ("泰和", "Taihe"), ("佳境", "Jiajing"), ("永續", "Yongxu"),
    ("晶碩", "Jingshuo"), ("瑞豐", "Ruifeng"), ("東昇", "Dongsheng"), ("順興", "Shunxing"),
    ("百鍊", "Bailian"), ("鴻圖", "Hongtu"), ("立信", "Lixin"), ("群策", "Qunce"),
    ("精誠工", "Jingchenggong"), ("大亞灣", "Dayawan"), ("海碩", "Haishuo"), ("山葉", "Shanye"),
    ("光隆", "Guanglong"), ("北辰", "Beichen"), ("南風", "Nanfeng"), ("青禾", "Qinghe"),
    ("億豐達", "Yifengda"), ("嘉成", "Jiacheng"), ("華岡", "Huagang"), ("弘道", "Hongdao"),
    ("旭日", "Xuri"), ("方圓", "Fangyuan"), ("承業", "Chengye"), ("廣達利", "Guangdali"),
    ("松陽", "Songyang"), ("竹科", "Zhuke"), ("梅園", "Meiyuan"), ("凌雲", "Lingyun"),
]  # fmt: skip
FIRM_FIELDS = [
    ("電子", "Electronics", "electronics"), ("精密", "Precision", "machinery"),
    ("食品", "Foods", "food"), ("機械", "Machinery", "machinery"),
    ("紡織", "Textiles", "manufacturing"), ("化工", "Chemicals", "chemicals"),
    ("物流", "Logistics", "logistics"), ("醫材", "Medical Devices", "healthcare"),
    ("塑膠", "Plastics", "manufacturing"), ("半導體", "Semiconductor", "electronics"),
    ("營造", "Construction", "construction"), ("能源", "Energy", "energy"),
]  # fmt: skip
TOWNS = [
    ("臺北市內湖區瑞光路", "Ruiguang Rd., Neihu Dist., Taipei City", 0),
    ("新北市中和區建一路", "Jian 1st Rd., Zhonghe Dist., New Taipei City", 0),
    ("桃園市龜山區文化二路", "Wenhua 2nd Rd., Guishan Dist., Taoyuan City", 0),
    ("新竹縣竹北市台元一街", "Taiyuan 1st St., Zhubei City, Hsinchu County", 0),
    ("臺中市西屯區工業區一路", "Gongyequ 1st Rd., Xitun Dist., Taichung City", 1),
    ("彰化縣鹿港鎮鹿工路", "Lugong Rd., Lukang Township, Changhua County", 1),
    ("雲林縣斗六市科工一路", "Kegong 1st Rd., Douliu City, Yunlin County", 1),
    ("臺南市新市區南科三路", "Nanke 3rd Rd., Xinshi Dist., Tainan City", 2),
    ("高雄市前鎮區復興四路", "Fuxing 4th Rd., Qianzhen Dist., Kaohsiung City", 2),
    ("屏東縣屏東市前進路", "Qianjin Rd., Pingtung City, Pingtung County", 2),
]
TEAMS = [
    ("北區業務團隊", "North Team", "北區", "North"),
    ("中區業務團隊", "Central Team", "中區", "Central"),
    ("南區業務團隊", "South Team", "南區", "South"),
]
CATEGORIES = [
    # title, parent index, list price range, unit
    ("感測元件", "Sensors", None, (0, 0), ""),
    ("控制設備", "Controls", None, (0, 0), ""),
    ("溫度感測器", "Temperature sensors", 0, (900, 4200), "支"),
    ("壓力感測器", "Pressure sensors", 0, (1800, 6800), "支"),
    ("可程式控制器", "Programmable controllers", 1, (8500, 32000), "台"),
    ("人機介面", "Operator panels", 1, (6200, 26000), "台"),
    ("視覺檢測", "Machine vision", None, (18000, 78000), "套"),
    ("耗材與配件", "Consumables and spares", None, (120, 950), "盒"),
]
UNITS_EN = {"支": "pc", "台": "unit", "套": "set", "盒": "box"}
MODELS = [
    # category index, series
    (2, "TX"), (3, "PX"), (4, "LC"), (5, "HM"), (6, "VI"), (7, "AC"),
]  # fmt: skip
FEATURES = {
    2: ("三線式白金電阻，反應時間 0.8 秒，防護等級 IP67", "Three-wire platinum element, 0.8 s response, IP67"),
    3: ("不鏽鋼膜片，精度 ±0.25 %，4–20 mA 輸出", "Stainless diaphragm, ±0.25 % accuracy, 4–20 mA output"),
    4: ("32 點數位輸出入，內建乙太網路與資料紀錄", "32 digital points, Ethernet and data logging built in"),
    5: ("全彩觸控螢幕，支援中英文畫面與配方管理", "Colour touch screen, Chinese and English pages, recipes"),
    6: ("五百萬畫素，內建照明，自動判讀尺寸與瑕疵", "5 MP camera with lighting, reads size and flaws"),
    7: ("原廠規格，批號可追溯，適用全系列產品", "Original specification, traceable lots, fits all series"),
}  # fmt: skip
ADVANTAGES = {
    2: ("交期短、校正報告隨貨附上", "Short lead time, calibration report included"),
    3: (
        "耐震動，五年零點漂移低於 0.5 %",
        "Withstands vibration, zero drift below 0.5 % in five years",
    ),
    4: ("程式可沿用舊機，轉換成本低", "Runs programs of older units, cheap to switch"),
    5: ("戴手套可操作，日光下可讀", "Works with gloves, readable in daylight"),
    6: ("導入期兩週，誤判率低於 0.3 %", "Two weeks to start, below 0.3 % false calls"),
    7: ("常備庫存，隔日出貨", "In stock, shipped next day"),
}
LIMITATIONS = {
    2: ("不適用 250°C 以上環境", "Not for use above 250 °C"),
    3: ("黏稠介質須加隔離膜片", "Viscous media need a diaphragm seal"),
    4: ("擴充模組最多八組", "At most eight expansion modules"),
    5: ("不支援戶外長期曝曬", "Not for permanent outdoor use"),
    6: ("高反光表面須另配偏光鏡", "Very shiny surfaces need a polariser"),
    7: ("依型號區分，不可混用", "Differs by model, not interchangeable"),
}
FUNCTIONS = {
    2: ("製程、空調與冷鏈溫度量測", "Temperature in process, air conditioning and cold chain"),
    3: ("管線、油壓與水處理壓力量測", "Pressure in pipes, hydraulics and water treatment"),
    4: ("產線自動化與設備聯網控制", "Line automation and connected machine control"),
    5: ("機台操作、警報與生產資訊顯示", "Machine operation, alarms and production display"),
    6: ("外觀檢測、尺寸量測與條碼判讀", "Inspection, measurement and code reading"),
    7: ("設備維護與備品更換", "Maintenance and spare parts"),
}
AFTER_SALES = (
    "保固十二個月；四小時內回覆，兩個工作日內到場或換貨",
    "Twelve months' warranty; answer within four hours, visit or exchange within two working days",
)
JOB_TITLES = [
    ("採購經理", "Purchasing manager"), ("廠務主任", "Plant supervisor"),
    ("總經理", "General manager"), ("設備工程師", "Equipment engineer"),
    ("資材課長", "Materials section head"),
]  # fmt: skip
MANAGER_COMMENTS = [
    ("重點客戶維護確實，交辦事項準時完成；下季加強新客戶開發。",
     "Good care of key accounts, tasks done on time; next quarter, more new customers."),
    ("客戶資料完整，合同與收款跟進確實；提案簡報可再精進。",
     "Complete records, contracts and receipts followed up; sharpen proposals and presentations."),
    ("已安排雙週輔導與共同拜訪，下季逐月檢視進度。",
     "Fortnightly coaching and joint visits are arranged; progress is reviewed each month."),
    ("積極開發新產業客戶，須留意折扣幅度與毛利。",
     "Active in new industries; watch discounts and margin."),
    ("團隊協作良好，主動支援同仁；拜訪紀錄請更即時。",
     "Works well in the team and helps colleagues; record visits sooner."),
]  # fmt: skip
