/// Codes of listings: some that every user of the exchange knows, the rest made up.
enum ListingCode {
    /// A share's four letters; `number` counts shares.
    static func share(number: Int, random: inout RandomSource) -> [UInt8] {
        if number < familiar.count { return Array(familiar[number].utf8) }
        let consonants = Array("BCDFGHJKLMNPRSTVWZ".utf8)
        let vowels = Array("AEIOU".utf8)
        func any(_ letters: [UInt8]) -> UInt8 { letters[random.below(letters.count)] }
        return [
            any(consonants), any(vowels), any(consonants),
            random.below(2) == 0 ? any(vowels) : any(consonants),
        ]
    }

    /// `XXXX-W`, or the ten characters of a structured warrant: underlying, issuer, call or put,
    /// month, year, series.
    static func warrant(
        on underlying: [UInt8], isStructured: Bool, random: inout RandomSource
    ) -> [UInt8] {
        guard isStructured else { return underlying + Array("-W".utf8) }
        let issuers = ["DR", "HD", "BQ", "ZP", "YU"]
        let months = Array("FGHJKMNQUVXZ".utf8)
        return underlying + Array(issuers[random.below(issuers.count)].utf8)
            + [random.below(5) == 0 ? 0x50 : 0x43, months[random.below(months.count)], 0x36]
            + [0x41 + UInt8(random.below(3))]
    }

    private static let familiar = [
        "BBCA", "BBRI", "BUMI", "BMRI", "TLKM", "GOTO", "ADRO", "ANTM", "BRPT", "PTRO", "BBNI", "ASII",
        "MDKA", "BRMS", "CUAN", "AMMN", "ENRG", "PGAS", "INCO", "TINS", "UNVR", "ICBP", "INDF", "KLBF",
        "PTBA", "ITMG", "MEDC", "ELSA", "SCMA", "EMTK", "BUKA", "ARTO", "BRIS", "CPIN", "JPFA", "SMGR",
        "INTP", "UNTR", "EXCL", "ISAT", "TOWR", "TBIG", "MAPI", "ACES", "ERAA", "HRUM", "INKP", "TKIM",
    ]
}
