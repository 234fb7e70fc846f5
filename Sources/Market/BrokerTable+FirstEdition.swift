extension BrokerTable {
    /// The first edition: the exchange's 92 members of 2026 by one public list (PROTOCOLS §3), for all days.
    public static let firstEdition: [Row] = [
        (BrokerCategory.retail, retailCodes), (.foreign, foreignCodes), (.institution, institutionCodes),
    ].flatMap { category, codes in
        codes.split(separator: " ").map { Row(code: BrokerCode($0)!, category: category) }
    }

    private static let retailCodes = """
        AG CC EP GI KK NI PD RO SQ XC XL YP
        """

    private static let foreignCodes = """
        AH AI AK BK BQ CP DP DR DU FS GW HD KZ RX TP XA YU ZP
        """

    private static let institutionCodes = """
        AD AF AN AO AP AR AT AZ BB BF BR BS CD DD DH DX EL ES FO FZ GA GR HP IC ID IF IH II IN IP \
        IT IU KI LG LS MG MI MU OD OK PC PF PG PI PO PP PS QA RB RF RG RS SA SF SH SS TF TS YB YJ \
        YO ZR
        """
}
