'a''b' 'a'
'b'