E'a\'b' e'a'
'b\''