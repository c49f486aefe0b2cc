/// What someone may have meant who wrote something else.
enum Spelling {
    /// The known word that is at most two slips away: a letter too many, too few, another, or two swapped.
    static func nearest(to word: String, in known: [String]) -> String? {
        let rated = known.map { (word: $0, slips: slips(from: Array(word), to: Array($0))) }
        guard let best = rated.min(by: { $0.slips < $1.slips }), best.slips <= 2, best.slips < min(word.count, best.word.count)
        else { return nil }
        return best.word
    }

    /// The optimal string alignment distance.
    private static func slips(from a: [Character], to b: [Character]) -> Int {
        guard abs(a.count - b.count) <= 2 else { return .max }
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                let exchanged = rows[i][j] + (a[i] == b[j] ? 0 : 1)
                var least = min(exchanged, row[j] + 1, rows[i][j + 1] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
